/** /setup/:token: where the link of the first start leads in a browser. Its JSON twin is POST /setup. */
import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { formOf as describedForm, htmlFault, htmlPage, redirection } from '../../lib/described.ts'
import { preferredLanguage } from '../../lib/language.ts'
import { pageHeaders } from '../../lib/page.ts'
import type { Access } from '../access.ts'
import { clientOf, setDeviceCookie, setSessionCookie } from '../login/session.ts'
import { readLink } from './link.ts'
import { Setup } from './schema.ts'
import { setupOwner } from './setupOwner.ts'
import {
  type FormFacts,
  type SetupFacts,
  type SetupField,
  setupGonePage,
  setupPage,
  setupTakenPage,
} from './setupPage.ts'
import { setupLanguages } from './setupTexts.ts'
import { countOwners } from './store.ts'

const MAX_FORM = 16 * 1024 // bytes; ours has a few hundred
const nothing = { values: { name: '', email: '' }, faults: {} } as const

const faults = {
  404: htmlFault('There is no such link any more.'),
  409: htmlFault('There is an owner already, or the email belongs to somebody.'),
}
const reading = { public: true, answers: { 200: htmlPage('The form.'), ...faults } } as const
const making = {
  public: true,
  takes: describedForm('name', 'email', 'password'),
  answers: {
    303: redirection('The owner exists and is signed in.'),
    ...faults,
    422: htmlFault('The form again, with what is wrong.'),
  },
} as const

type Visit = FastifyRequest & { params: { token: string } }

export function setupRoutes(access: Access): FastifyPluginAsyncZod {
  const schema = { tags: ['Login'], params: z.object({ token: z.string() }), security: [] }
  return async (server) => {
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MAX_FORM },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    )

    server.get(
      '/setup/:token',
      { config: reading, schema: { ...schema, summary: 'The page that creates the owner' } },
      async (request, reply) => {
        const { app, clock } = access.db
        const link = await readLink(app, 'setup', request.params.token, clock.now()).catch(ifGone)
        const facts = factsOf(access, request)
        if (!link) return send(reply, facts, 404, setupGonePage(facts))
        if ((await countOwners(app, link.workspaceId)) > 0)
          return send(reply, facts, 409, setupTakenPage(facts))
        return send(
          reply,
          facts,
          200,
          setupPage({ ...facts, ...nothing, action: actionOf(request) }),
        )
      },
    )

    server.post(
      '/setup/:token',
      {
        config: making,
        schema: { ...schema, summary: 'Creates the owner from the form of that page' },
      },
      async (request, reply) => {
        const facts = factsOf(access, request)
        try {
          return await create(access, request, reply)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          return refuse(error, request, reply, facts)
        }
      },
    )
  }
}

async function create(access: Access, request: Visit, reply: FastifyReply) {
  const { name, email, password } = formOf(request)
  const input = Setup.omit({ token: true }).safeParse({
    email,
    password,
    ...(name.trim() === '' ? {} : { full_name: name }),
  })
  if (!input.success) {
    const errors = input.error.issues.map(({ path, message }) => ({
      pointer: `/${path.join('/')}`,
      detail: message,
    }))
    throw new AppError('invalid_input', undefined, { errors })
  }
  const { full_name: fullName = null, ...rest } = input.data
  const owner = { ...rest, fullName, token: request.params.token }
  const { member, session } = await setupOwner(access, owner, clientOf(request, access))
  setSessionCookie(reply, access, session, false)
  setDeviceCookie(reply, access, member.id)
  return reply.redirect('/app/start', 303)
}

/** The form again with what is wrong, or the page that says why there is no form any more. */
function refuse(error: AppError, request: Visit, reply: FastifyReply, facts: SetupFacts) {
  const { name, email } = formOf(request)
  const { texts } = facts.language
  const again = (faults: FormFacts['faults']) => {
    const form = { action: actionOf(request), values: { name, email }, faults }
    return send(reply, facts, error.status, setupPage({ ...facts, ...form }))
  }
  if (error.code === 'not_found') return send(reply, facts, 404, setupGonePage(facts))
  if (error.code === 'conflict') {
    // The two conflicts of setupOwner: another owner, or a person of another workspace.
    return error.message.startsWith('There is an owner')
      ? send(reply, facts, 409, setupTakenPage(facts))
      : again({ email: texts.emailTaken })
  }
  if (error.code !== 'invalid_input') throw error
  const faults: Partial<Record<SetupField, string>> = {}
  for (const { pointer, detail } of error.errors ?? []) {
    if (pointer === '/email') faults.email ??= texts.emailFault
    else if (pointer === '/full_name') faults.name ??= texts.nameFault
    else if (pointer === '/password') faults.password ??= texts.passwordFault ?? detail
  }
  return again(faults)
}

function formOf({ body }: FastifyRequest): { name: string; email: string; password: string } {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams()
  const text = (name: string) => form.get(name) ?? ''
  return { name: text('name'), email: text('email').trim(), password: text('password') }
}

function factsOf({ config }: Access, request: FastifyRequest): SetupFacts {
  const language = preferredLanguage(request.headers['accept-language'], ['en', 'he'])
  return {
    language: setupLanguages[language],
    serviceName: config.SERVICE_NAME,
    nonce: randomBytes(16).toString('base64'),
  }
}

const actionOf = ({ url }: FastifyRequest) => url.split('?')[0] ?? url

function send(reply: FastifyReply, { nonce }: SetupFacts, status: number, page: string) {
  return reply.code(status).headers(pageHeaders(nonce)).header('vary', 'accept-language').send(page)
}

/** Undefined for a link that cannot be used. */
function ifGone(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'not_found') throw error
}
