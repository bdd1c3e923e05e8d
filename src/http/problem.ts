/** Turns every error into application/problem+json (RFC 9457). The one place that does. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
} from 'fastify-type-provider-zod'
import { AppError, type Code, codes, type FieldError } from '../errors.ts'
import { fieldErrors, MAX_ERRORS, type SchemaIssue, sentenceOf } from './fieldErrors.ts'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors?: readonly FieldError[]
  readonly request_id: string
}

/** The same for the API's description. */
export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'request_id'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(codes) },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      description: 'Each field that is wrong: where (RFC 6901), and what to do about it.',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
    request_id: { type: 'string' },
  },
}

const RETRY_SECONDS = 2 // of a database that is restarting

/** The handler for Fastify. `showCause` adds the cause of internal errors to their detail. */
export function problemHandler(showCause: boolean) {
  return (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => {
    const known = asAppError(error)
    if (known.status >= 500)
      request.log.error({ err: known.cause ?? known, request_id: request.id }, 'request failed')
    const detail =
      known.code === 'internal' && showCause && known.cause instanceof Error
        ? known.cause.message
        : known.message
    if (known.retryAfter !== undefined) reply.header('retry-after', String(known.retryAfter))
    sendProblem(reply, request, known.code, detail, known.errors)
  }
}

export function sendProblem(
  reply: FastifyReply,
  request: FastifyRequest,
  code: Code,
  detail: string,
  errors?: readonly FieldError[],
) {
  const problem = problemOf(code, detail, request.id, errors)
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem))
}

export function problemOf(
  code: Code,
  detail: string,
  requestId: string,
  errors?: readonly FieldError[],
): Problem {
  const [status, title] = codes[code]
  return {
    type: `https://github.com/beckon/beckon/blob/main/docs/errors.md#${code}`,
    ...{ title, status, code, detail },
    ...(errors ? { errors } : {}),
    request_id: requestId,
  }
}

export function asAppError(error: FastifyError | Error): AppError {
  if (error instanceof AppError) return error
  if (hasZodFastifySchemaValidationErrors(error)) return validationError(error)
  if (isResponseSerializationError(error))
    return new AppError('internal', undefined, { cause: error.cause })
  const code = 'code' in error ? String(error.code) : ''
  const mapped = frameworkErrors[code]
  if (mapped) return new AppError(mapped[0], mapped[1])
  // Before the database: a client that breaks off its body is an ECONNRESET too, with this status.
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (status === 400) return new AppError('malformed', error.message)
  if (databaseDown.test(code)) {
    return new AppError('unavailable', 'The database is not available. Try again shortly.', {
      retryAfter: RETRY_SECONDS,
      cause: error,
    })
  }
  // Of the files of the documentation, for a path that leads out of them.
  if (status === 403 || status === 404) return new AppError('not_found')
  return new AppError('internal', undefined, { cause: error })
}

const frameworkErrors: Readonly<Record<string, readonly [Code, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'The request body is too large for this path.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed', 'The body is empty; send JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed', 'Content-Length does not fit the body.'],
  FST_ERR_BAD_URL: ['malformed', 'The path is not valid percent-encoded UTF-8.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not_found', 'A part of the path is too long to be anything of ours.'],
}

/** PostgreSQL and socket codes that mean "not now": shutdown, crash, too many clients, disk full, timeouts. */
const databaseDown =
  /^(57P0[123]|53[0-9A-Z]{3}|08[0-9A-Z]{3}|57014|55P03|40001|40P01|25006|CONNECT_TIMEOUT|CONNECTION_\w+|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE)$/

/** As fastify-type-provider-zod gives them: the rest of the schema's issue is in `params`. */
interface Issue {
  readonly keyword?: string
  readonly instancePath: string
  readonly message?: string
  readonly params?: Pick<SchemaIssue, 'keys' | 'errors' | 'options' | 'issues'>
}

function validationError(error: {
  validation: unknown
  validationContext?: string | undefined
}): AppError {
  const issues = error.validation as readonly Issue[] // see Issue
  const errors = issues
    .slice(0, MAX_ERRORS)
    .flatMap(({ keyword, instancePath, message, params }) =>
      fieldErrors(
        { ...params, code: keyword, path: [], message: message ?? 'is not valid' },
        instancePath === '/' ? '' : instancePath,
      ),
    )
    .slice(0, MAX_ERRORS)
  const { validationContext: context = 'body' } = error
  const where = context === 'querystring' ? 'query' : context
  return new AppError('invalid_input', sentenceOf(errors, where), { errors })
}
