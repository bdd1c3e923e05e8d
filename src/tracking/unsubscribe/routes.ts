/**
 * /u and /p: where people say what they want to get. Without login, cookies or JavaScript:
 * the signed token is all that is needed, and only a POST changes anything, since scanners
 * open every link (RFC 8058 §3.1).
 */
import { randomBytes } from 'node:crypto'
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Db, inWorkspace } from '../../db/db.ts'
import { asAppError } from '../../http/problem.ts'
import { htmlFault, htmlPage, plainText, formOf as takesForm } from '../../lib/described.ts'
import { pageHeaders } from '../../lib/page.ts'
import type { TokenKind, Tokens } from '../../lib/token.ts'
import { type Brand, findBrand } from '../../workspaces/brand.store.ts'
import type { WorkspaceDirectory, WorkspaceFacts } from '../../workspaces/directory.ts'
import { createGuesses, type Guesses } from '../guesses.ts'
import {
  maskAddress,
  notFoundPage,
  type PageFacts,
  preferencesPage,
  resubscribedPage,
  unavailablePage,
  unsubscribedPage,
  unsubscribePage,
} from '../pages.ts'
import { findRecipient } from '../store/recipients.ts'
import {
  type Chooser,
  readPreferences,
  resubscribe,
  savePreferences,
  unsubscribe,
  unsubscribeFromAll,
} from './choose.ts'
import { readForms } from './form.ts'

const RETRY_SECONDS = 30

export interface PageRoutesDeps {
  readonly db: Db
  readonly tokens: Tokens
  readonly workspaces: WorkspaceDirectory
}

interface Deps extends PageRoutesDeps {
  readonly guesses: Guesses
}

interface Visit {
  readonly chooser: Chooser
  readonly workspace: WorkspaceFacts
  readonly brand: Brand
  /** The page's own path, where its buttons lead. */
  readonly action: string
}

const params = z.object({ token: z.string() })
const tags = ['Pages for recipients']
const open = {
  public: true,
  answers: {
    200: htmlPage('The page.'),
    404: htmlFault('Nobody was given this address, or what it is about is gone.'),
    429: htmlFault('Too many wrong addresses from this network.', true),
    503: htmlFault('The database is not available.', true),
  },
} as const
const unsubscribing = {
  ...open,
  takes: takesForm('action', 'List-Unsubscribe'),
  answers: {
    ...open.answers,
    200: {
      description: 'It is done: a page, and a line of text for one click.',
      content: { ...htmlPage('').content, ...plainText('').content },
    },
    400: htmlFault('It is not said what to do.'),
  },
} as const
const choosing = { ...open, takes: takesForm('action', 'topic') } as const

export function pageRoutes(given: PageRoutesDeps): FastifyPluginAsyncZod {
  const deps = { ...given, guesses: createGuesses() }
  return async (server) => {
    readForms(server)
    server.setErrorHandler((error: Error, _request, reply) => {
      const known = asAppError(error)
      if (known.code !== 'unavailable') throw error
      reply.header('retry-after', String(RETRY_SECONDS))
      return sendPage(reply, 503, (nonce) => unavailablePage(nobody(nonce)))
    })

    const u = (summary: string, config: FastifyContextConfig = open) => {
      return { config, schema: { tags, params, summary } }
    }
    server.get('/u/:token', u('Asks whether to unsubscribe'), (request, reply) =>
      visit(deps, 'unsubscribe', request, reply, async (found) => askToUnsubscribe(deps, found)),
    )
    const oneClick = u('Unsubscribes; also by one click (RFC 8058)', unsubscribing)
    server.post('/u/:token', oneClick, (request, reply) =>
      visit(deps, 'unsubscribe', request, reply, (found) =>
        changeSubscription(deps, request.body, found),
      ),
    )
    server.get('/p/:token', u('Shows what one may get'), (request, reply) =>
      visit(deps, 'preferences', request, reply, (found) => showPreferences(found, false)),
    )
    server.post('/p/:token', u('Saves what one wants to get', choosing), (request, reply) =>
      visit(deps, 'preferences', request, reply, (found) => changePreferences(request.body, found)),
    )
  }
}

/** What to say once what was done is committed. */
type Answer = { status: number; page(nonce: string): string } | { status: number; text: string }

const notFound: Answer = { status: 404, page: (nonce) => notFoundPage(nobody(nonce)) }

/**
 * Runs `act` in a transaction of the token's workspace, and answers when it is committed.
 * `found` is undefined when the token is not ours or its message is gone.
 */
async function visit(
  { db, tokens, workspaces, guesses }: Deps,
  kind: TokenKind,
  request: FastifyRequest & { params: { token: string } },
  reply: FastifyReply,
  act: (found: Visit | undefined) => Promise<Answer>,
): Promise<FastifyReply> {
  const content = tokens.verify(kind, request.params.token)
  const workspace = content && (await workspaces.byNumber(content.workspaceNumber))
  if (!content || !workspace) {
    const after = guesses.count(request.ip, db.clock.now())
    if (after === undefined) return answer(reply, await act(undefined))
    return answer(reply.header('retry-after', String(after)), { ...notFound, status: 429 })
  }
  const said = await inWorkspace(db, workspace.id, async (tx) => {
    const changing = request.method === 'POST'
    const recipient = await findRecipient(tx, workspace.id, content.messageId, changing)
    if (!recipient) return act(undefined)
    const source = kind === 'unsubscribe' ? 'unsubscribe_link' : 'preference_page'
    const chooser = { tx, workspaceId: workspace.id, recipient, source, now: db.clock.now() }
    const brand = await findBrand(tx, workspace.id)
    return act({ chooser, workspace, brand, action: request.url.split('?')[0] ?? '' })
  })
  return answer(reply, said)
}

function answer(reply: FastifyReply, said: Answer) {
  if ('page' in said) return sendPage(reply, said.status, said.page)
  return reply.code(said.status).type('text/plain; charset=utf-8').send(said.text)
}

function askToUnsubscribe(deps: PageRoutesDeps, found: Visit | undefined, status = 200): Answer {
  if (!found) return notFound
  return { status, page: (nonce) => unsubscribePage(unsubscribeFacts(deps, found, nonce)) }
}

async function changeSubscription(
  deps: PageRoutesDeps,
  body: unknown,
  found: Visit | undefined,
): Promise<Answer> {
  const form = formOf(body)
  // RFC 8058 §3.2. Answered 200 also when it is not known: it will not become known by asking again.
  if (form.get('List-Unsubscribe')?.toLowerCase() === 'one-click') {
    if (found) await unsubscribe(found.chooser)
    return { status: 200, text: 'You are unsubscribed.\n' }
  }
  if (!found) return notFound
  const action = form.get('action')
  if (action === 'unsubscribe') {
    await unsubscribe(found.chooser)
    return { status: 200, page: (nonce) => unsubscribedPage(unsubscribeFacts(deps, found, nonce)) }
  }
  if (action === 'resubscribe') {
    await resubscribe(found.chooser)
    return { status: 200, page: (nonce) => resubscribedPage(unsubscribeFacts(deps, found, nonce)) }
  }
  return askToUnsubscribe(deps, found, 400)
}

async function changePreferences(body: unknown, found: Visit | undefined): Promise<Answer> {
  if (!found) return notFound
  const form = formOf(body)
  const action = form.get('action')
  if (action === 'unsubscribe_all') await unsubscribeFromAll(found.chooser)
  else if (action === 'save') await savePreferences(found.chooser, new Set(form.getAll('topic')))
  return showPreferences(found, action === 'unsubscribe_all' || action === 'save')
}

async function showPreferences(found: Visit | undefined, saved: boolean): Promise<Answer> {
  if (!found) return notFound
  const { topics, unsubscribedFromAll } = await readPreferences(found.chooser)
  const facts = {
    action: found.action,
    address: masked(found.chooser),
    topics: topics.map(({ key, name, subscribed }) => ({ id: key, name, subscribed })),
    unsubscribedFromAll,
    saved,
  }
  return { status: 200, page: (nonce) => preferencesPage({ ...pageFacts(found, nonce), ...facts }) }
}

function unsubscribeFacts({ tokens }: PageRoutesDeps, found: Visit, nonce: string) {
  const { recipient } = found.chooser
  const link = {
    workspaceNumber: found.workspace.number,
    messageId: recipient.messageId,
    linkIndex: 0,
  }
  return {
    ...pageFacts(found, nonce),
    action: found.action,
    topic: recipient.topicName,
    address: masked(found.chooser),
    preferencesUrl: `/p/${tokens.sign('preferences', link)}`,
  }
}

function pageFacts({ chooser, workspace, brand }: Visit, nonce: string): PageFacts {
  return {
    locale: chooser.recipient.locale ?? workspace.locale,
    workspaceName: workspace.name,
    brandColor: brand.color,
    logo: brand.logo,
    nonce,
  }
}

function masked({ recipient }: Chooser): string | null {
  return recipient.address === null ? null : maskAddress(recipient.address)
}

function nobody(nonce: string): PageFacts {
  return { locale: null, workspaceName: '', nonce }
}

function sendPage(reply: FastifyReply, status: number, page: (nonce: string) => string) {
  const nonce = randomBytes(16).toString('base64')
  return reply.code(status).headers(pageHeaders(nonce)).send(page(nonce))
}

function formOf(body: unknown): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams()
}
