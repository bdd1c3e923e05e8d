/**
 * What a route takes and answers that is no JSON of a schema: pages, files, redirections. For
 * the API's description alone (http/openapi.ts); nothing is checked or written by it.
 */

export interface DescribedAnswer {
  readonly description: string
  /** `null` is OpenAPI's way, through Fastify, to say that there is no body. */
  readonly type?: 'null'
  readonly headers?: Readonly<Record<string, { type: 'string' | 'integer'; description: string }>>
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

/** By status. */
export type DescribedAnswers = Readonly<Record<number, DescribedAnswer>>

/** What a body may be, by its type. */
export type DescribedBody = Readonly<Record<string, { readonly schema: object }>>

const text = { schema: { type: 'string' } }
const problem = { schema: { $ref: '#/components/schemas/Problem' } }

export const htmlPage = (description: string): DescribedAnswer => ({
  description,
  content: { 'text/html': text },
})

/** A fault that people see as a page, and a program in its own form where the page could not be made. */
export const htmlFault = (description: string, retryAfter = false): DescribedAnswer => ({
  description,
  ...(retryAfter
    ? { headers: { 'retry-after': { type: 'integer', description: 'Seconds.' } } }
    : {}),
  content: { 'text/html': text, 'application/problem+json': problem },
})

export const csvFile = (description: string): DescribedAnswer => ({
  description,
  headers: {
    'content-disposition': { type: 'string', description: 'An attachment, with its name.' },
  },
  content: { 'text/csv': text },
})

export const plainText = (description: string): DescribedAnswer => ({
  description,
  content: { 'text/plain': text },
})

export const redirection = (description: string): DescribedAnswer => ({
  description,
  type: 'null',
  headers: { location: { type: 'string', description: 'Where to.' } },
})

/** Of a form: the fields, all of them texts. */
export const formOf = (...fields: readonly string[]): DescribedBody => ({
  'application/x-www-form-urlencoded': {
    schema: {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
    },
  },
})

export const filesOf = (...types: readonly string[]): DescribedBody =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]))
