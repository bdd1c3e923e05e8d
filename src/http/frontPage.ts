/**
 * /app, /login and /logout: where people land who open the server in a browser. Where the
 * dashboard was not built, /app says so and where to go instead.
 */
import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { preferredLanguage } from '../lib/language.ts'
import { type Html, html, layout, pageHeaders } from '../lib/page.ts'
import { openDashboard } from './dashboard.ts'

const README = 'https://github.com/beckon/beckon#readme'

const languages = {
  en: {
    lang: 'en',
    dir: 'ltr',
    title: 'It is running',
    text: 'The dashboard is not built yet: `npm start` builds it, and so does `bin/build`. Everything it does is in the API and the command line too.',
    docs: 'The API',
    readme: 'First steps',
  },
  he: {
    lang: 'he',
    dir: 'rtl',
    title: 'השרת פועל',
    text: 'לוח הבקרה עוד לא נבנה: `npm start` בונה אותו, וגם `bin/build`. כל מה שיש בו אפשר לעשות גם דרך ה-API ושורת הפקודה.',
    docs: 'ה-API',
    readme: 'צעדים ראשונים',
  },
} as const

export function frontPage(
  config: Pick<Config, 'SERVICE_NAME' | 'API_DOCS'>,
): FastifyPluginAsyncZod {
  return async (app) => {
    const open = { public: true } as const
    const dashboard = openDashboard()
    const schema = { hide: true } as const
    for (const url of ['/login', '/logout']) {
      app.get(url, { config: open, schema }, async (_request, reply) => reply.redirect('/app', 302))
    }
    app.get('/app/assets/*', { config: open, schema }, async (request, reply) => {
      const { '*': name } = request.params as { '*': string } // as the path says
      const sent = (await dashboard?.sendAsset(name, request, reply)) ?? false
      if (!sent) throw new AppError('not_found')
      return reply
    })
    for (const url of ['/app', '/app/*']) {
      app.get(url, { config: open, schema }, async (request, reply) => {
        if (dashboard) return dashboard.sendPage(request, reply)
        const language = preferredLanguage(request.headers['accept-language'], ['en', 'he'])
        const nonce = randomBytes(16).toString('base64')
        reply.headers(pageHeaders(nonce)).header('vary', 'accept-language')
        return reply.send(pageFor(config, languages[language], nonce))
      })
    }
  }
}

function pageFor(
  { SERVICE_NAME, API_DOCS }: Pick<Config, 'SERVICE_NAME' | 'API_DOCS'>,
  language: (typeof languages)[keyof typeof languages],
  nonce: string,
): string {
  const links: Html = html`<ul>
${API_DOCS === 'off' ? null : html`<li><a href="/api/docs/">${language.docs}</a></li>`}
<li><a href="${README}">${language.readme}</a></li>
</ul>`
  const body = html`<p>${language.text}</p>
${links}`
  const look = { language, nonce, workspaceName: SERVICE_NAME, brandColor: null }
  return layout(look, language.title, body)
}
