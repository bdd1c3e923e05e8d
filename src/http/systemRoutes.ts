/** What belongs to no room: the front door, health, metrics, the API's own description. */
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Registry } from 'prom-client'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { plainText, redirection } from '../lib/described.ts'
import { frontPage } from './frontPage.ts'
import { pingDatabase } from './store.ts'

export interface SystemRouteDeps {
  readonly config: Config
  readonly db: Db
  readonly version: string
  readonly metrics: Registry
}

const tags = ['System']
const open = { public: true } as const
const Running = z.object({ message: z.string(), status: z.string(), version: z.string() })
const Health = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  version: z.string(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
})

export const systemRoutes =
  (deps: SystemRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, db, version } = deps

    app.get(
      '/',
      {
        config: {
          ...open,
          answers: { 302: redirection('To the dashboard, for who asks for text/html.') },
        },
        schema: { tags, summary: 'Is it running?', response: { 200: Running } },
      },
      async (request, reply) => {
        if (request.headers.accept?.includes('text/html')) return reply.redirect('/app', 302)
        return { message: `${config.SERVICE_NAME} is running`, status: 'running', version }
      },
    )

    for (const url of ['/health', '/api/health']) {
      app.get(
        url,
        {
          config: open,
          schema: {
            tags,
            summary: 'Health; 503 when the database is down',
            response: { 200: Health, 503: Health },
          },
        },
        async (_request, reply) => {
          const database = await pingDatabase(db.app)
          reply.code(database.ok ? 200 : 503)
          return {
            status: database.ok ? ('healthy' as const) : ('unhealthy' as const),
            version,
            checks: { database },
          }
        },
      )
    }

    app.get(
      '/metrics',
      {
        config: {
          ...(config.METRICS_PUBLIC ? open : { scope: 'analytics:read' }),
          answers: { 200: plainText("In Prometheus' text format.") },
        },
        schema: { tags, summary: 'Prometheus metrics' },
      },
      async (_request, reply) => {
        reply.header('content-type', deps.metrics.contentType)
        return deps.metrics.metrics()
      },
    )

    await app.register(frontPage(config))
    if (config.API_DOCS !== 'off') await app.register(docsRoutes(config.API_DOCS === 'public'))
  }

const docsRoutes =
  (isPublic: boolean): FastifyPluginAsyncZod =>
  async (app) => {
    app.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: isPublic }
    })
    app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())
    app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
      reply.redirect('/api/openapi.json', 308),
    )
    app.get('/docs', { schema: { hide: true } }, async (_request, reply) =>
      reply.redirect('/api/docs/', 308),
    )
    await app.register(swaggerUi, {
      routePrefix: '/api/docs',
      staticCSP:
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
      uiConfig: { deepLinking: true, persistAuthorization: false },
    })
  }
