/**
 * The Fastify server before any room adds its routes: body reading, authentication,
 * problem+json, security headers, OpenAPI. Rooms add plugins; app.ts lists them.
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import cookie from '@fastify/cookie'
import swagger from '@fastify/swagger'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify'
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { type Db, inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import type { Auth } from '../workspaces/auth.ts'
import { cookieNames } from '../workspaces/login/session.ts'
import { answerer } from './answer.ts'
import { parseJson } from './body.ts'
import { checkHead } from './checkHead.ts'
import { answerClientError } from './clientError.ts'
import { createDrain } from './drain.ts'
import { linger } from './linger.ts'
import { description } from './openapi.ts'
import { problemHandler, sendProblem } from './problem.ts'
import { headersFor } from './securityHeaders.ts'
import { closeSlowPeers } from './slowPeers.ts'

export type Server = ReturnType<typeof createServer>

const BODY_LIMIT = 1024 * 1024 // 1 MB; routes that take more say so
const HEADERS_SECONDS = 15
const REQUEST_SECONDS = 60
const KEEP_ALIVE_SECONDS = 72 // longer than the 60 s of the usual load balancers, so that we never close first

export interface ServerOptions {
  readonly config: Config
  readonly db: Db
  readonly log: Logger
  readonly version: string
  /** Finds out who is asking; throws unauthenticated. */
  authenticate(request: FastifyRequest): Promise<Auth>
  /** Answers some requests before Fastify sees them (pixels and clicks); true when it did. */
  intercept?(request: IncomingMessage, response: ServerResponse): boolean
}

export function createServer(options: ServerOptions) {
  const { config, db } = options
  const logger: FastifyBaseLogger = options.log
  const refuse = problemHandler(config.ERROR_DETAIL)
  const headers = headersFor(config.PUBLIC_URL)
  const drain = createDrain()
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => uuid7(),
    childLoggerFactory: (log) => log, // one of its own costs as much as the rest of Fastify
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: config.TRUST_PROXY.length > 0 ? [...config.TRUST_PROXY] : false,
    serverFactory: (handler) =>
      createHttpServer(
        {
          headersTimeout: HEADERS_SECONDS * 1000,
          requestTimeout: REQUEST_SECONDS * 1000,
          keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
          connectionsCheckingInterval: 5_000,
          maxHeaderSize: 16 * 1024,
        },
        (request, response) => {
          drain.mark(response)
          slow.expect(request, response)
          if (!options.intercept?.(request, response)) handler(request, response)
        },
      ),
    routerOptions: { maxParamLength: 500 },
    return503OnClosing: false, // what comes on an open connection while we stop is answered: drain.ts
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply.headers(headers)),
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>()
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  server.setErrorHandler(refuse)
  server.setNotFoundHandler((request, reply) => {
    sendProblem(
      reply,
      request,
      'not_found',
      `There is no ${request.method} ${request.url.split('?')[0]}.`,
    )
  })
  readBodies(server)
  authenticateAll(server, options)
  server.addHook('onSend', linger)
  server.addHook('preClose', () => drain.begin(server.server))
  const slow = closeSlowPeers(server.server)
  server.register(cookie)
  server.register(swagger, description(options.version, cookieNames(config.PUBLIC_URL).session))
  server.decorateReply('answer', answerer(db))
  server.decorateRequest('read', function read(this: FastifyRequest, work) {
    return inWorkspace(db, this.auth.workspaceId, (tx) => work(tx, this.auth.workspaceId))
  } as FastifyRequest['read'])
  return server
}

function readBodies(
  server: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser' | 'addHook'>,
) {
  // Vendors' callbacks are stored as they come; everybody else can do without (RFC 9110 §15.5.16).
  server.addHook('preParsing', (request, reply, payload, done) => {
    const coding = request.headers['content-encoding'] ?? 'identity'
    if (coding === 'identity' || request.routeOptions.config.public) return done(null, payload)
    reply.header('accept-encoding', 'identity')
    done(new AppError('unsupported_media_type', 'Send the body without Content-Encoding.'))
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer)) // parseAs: 'buffer'
    } catch (error) {
      done(error as Error) // an AppError
    }
  })
}

/** Asks who it is before the body is read, and whether they may. */
function authenticateAll(
  server: Pick<FastifyInstance, 'addHook' | 'decorateRequest'>,
  options: ServerOptions,
) {
  server.decorateRequest('auth')
  const headers = headersFor(options.config.PUBLIC_URL)
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    reply.header('x-request-id', request.id)
    const { public: open, scope } = request.routeOptions.config
    checkHead(request.raw, open ?? false)
    if (open || request.is404) return
    request.auth = await options.authenticate(request)
    if (scope && !request.auth.scopes.has(scope)) {
      throw new AppError(
        'forbidden',
        `This needs the scope ${scope}. Ask for a key or a role that has it.`,
      )
    }
  })
  if (!options.log.isLevelEnabled('debug')) return
  server.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      {
        request_id: request.id,
        method: request.method,
        path: request.routeOptions.url,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
  })
}
