/**
 * /u and /p: where people say what they want to get. Without login, cookies or JavaScript:
 * the signed token is all that is needed, and only a POST changes anything, since scanners
 * open every link (RFC 8058 §3.1).
 */
import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Db, inWorkspace } from '../../db/db.ts'
import { asAppError } from '../../http/problem.ts'
import type { TokenKind, Tokens } from '../../lib/token.ts'
import type { WorkspaceDirectory, WorkspaceFacts } from '../../workspaces/directory.ts'
import { pageHeaders } from '../intake/pageHeaders.ts'
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

interface Visit {
  readonly chooser: Chooser
  readonly workspace: WorkspaceFacts
  /** The page's own path, where its buttons lead. */
  readonly action: string
}

const params = z.object({ token: z.string() })
const tags = ['Pages for recipients']
const open = { public: true } as const

export function pageRoutes(deps: PageRoutesDeps): FastifyPluginAsyncZod {
  return async (server) => {
    readForms(server)
    server.setErrorHandler((error: Error, _request, reply) => {
      const known = asAppError(error)
      if (known.code !== 'unavailable') throw error
      reply.header('retry-after', String(RETRY_SECONDS))
      return sendPage(reply, 503, (nonce) => unavailablePage(nobody(nonce)))
    })

    server.get('/u/:token', { config: open, schema: { tags, params, summary: 'Asks whether to unsubscribe' } }, (request, reply) =>
      visit(deps, 'unsubscribe', request, async (found) => {
        if (!found) return notFound(reply)
        return sendPage(reply, 200, (nonce) => unsubscribePage(unsubscribeFacts(deps, found, nonce)))
      }),
    )

    server.post('/u/:token', { config: open, schema: { tags, params, summary: 'Unsubscribes; also by one click (RFC 8058)' } }, (request, reply) =>
      visit(deps, 'unsubscribe', request, (found) => changeSubscription(deps, request.body, found, reply)),
    )

    server.get('/p/:token', { config: open, schema: { tags, params, summary: 'Shows what one may get' } }, (request, reply) =>
      visit(deps, 'preferences', request, async (found) => {
        if (!found) return notFound(reply)
        return showPreferences(found, reply, false)
      }),
    )

    server.post('/p/:token', { config: open, schema: { tags, params, summary: 'Saves what one wants to get' } }, (request, reply) =>
      visit(deps, 'preferences', request, async (found) => {
        if (!found) return notFound(reply)
        const form = formOf(request.body)
        const action = form.get('action')
        if (action === 'unsubscribe_all') await unsubscribeFromAll(found.chooser)
        else if (action === 'save') await savePreferences(found.chooser, new Set(form.getAll('topic')))
        else return showPreferences(found, reply, false)
        return showPreferences(found, reply, true)
      }),
    )
  }
}

/** Runs `act` in a transaction of the token's workspace; `undefined` when the token is not ours or its message is gone. */
async function visit<T>(
  { db, tokens, workspaces }: PageRoutesDeps,
  kind: TokenKind,
  request: FastifyRequest & { params: { token: string } },
  act: (found: Visit | undefined) => Promise<T>,
): Promise<T> {
  const content = tokens.verify(kind, request.params.token)
  const workspace = content && (await workspaces.byNumber(content.workspaceNumber))
  if (!content || !workspace) return act(undefined)
  return inWorkspace(db, workspace.id, async (tx) => {
    const recipient = await findRecipient(tx, workspace.id, content.messageId, request.method === 'POST')
    if (!recipient) return act(undefined)
    const source = kind === 'unsubscribe' ? 'unsubscribe_link' : 'preference_page'
    const chooser = { tx, workspaceId: workspace.id, recipient, source, now: db.clock.now() }
    return act({ chooser, workspace, action: request.url.split('?')[0] ?? '' })
  })
}

async function changeSubscription(deps: PageRoutesDeps, body: unknown, found: Visit | undefined, reply: FastifyReply) {
  const form = formOf(body)
  // RFC 8058 §3.2. Answered 200 also when it is not known: it will not become known by asking again.
  if (form.get('List-Unsubscribe')?.toLowerCase() === 'one-click') {
    if (found) await unsubscribe(found.chooser)
    return reply.code(200).type('text/plain; charset=utf-8').send('You are unsubscribed.\n')
  }
  if (!found) return notFound(reply)
  const action = form.get('action')
  if (action === 'unsubscribe') {
    await unsubscribe(found.chooser)
    return sendPage(reply, 200, (nonce) => unsubscribedPage(unsubscribeFacts(deps, found, nonce)))
  }
  if (action === 'resubscribe') {
    await resubscribe(found.chooser)
    return sendPage(reply, 200, (nonce) => resubscribedPage(unsubscribeFacts(deps, found, nonce)))
  }
  return sendPage(reply, 400, (nonce) => unsubscribePage(unsubscribeFacts(deps, found, nonce)))
}

async function showPreferences(found: Visit, reply: FastifyReply, saved: boolean) {
  const { topics, unsubscribedFromAll } = await readPreferences(found.chooser)
  return sendPage(reply, 200, (nonce) =>
    preferencesPage({
      ...pageFacts(found, nonce),
      action: found.action,
      address: masked(found.chooser),
      topics: topics.map(({ key, name, subscribed }) => ({ id: key, name, subscribed })),
      unsubscribedFromAll,
      saved,
    }),
  )
}

function unsubscribeFacts({ tokens }: PageRoutesDeps, found: Visit, nonce: string) {
  const { recipient } = found.chooser
  const link = { workspaceNumber: found.workspace.number, messageId: recipient.messageId, linkIndex: 0 }
  return {
    ...pageFacts(found, nonce),
    action: found.action,
    topic: recipient.topicName,
    address: masked(found.chooser),
    preferencesUrl: `/p/${tokens.sign('preferences', link)}`,
  }
}

function pageFacts({ chooser, workspace }: Visit, nonce: string): PageFacts {
  return { locale: chooser.recipient.locale ?? workspace.locale, workspaceName: workspace.name, nonce }
}

function masked({ recipient }: Chooser): string | null {
  return recipient.address === null ? null : maskAddress(recipient.address)
}

function nobody(nonce: string): PageFacts {
  return { locale: null, workspaceName: '', nonce }
}

function notFound(reply: FastifyReply) {
  return sendPage(reply, 404, (nonce) => notFoundPage(nobody(nonce)))
}

function sendPage(reply: FastifyReply, status: number, page: (nonce: string) => string) {
  const nonce = randomBytes(16).toString('base64')
  return reply.code(status).headers(pageHeaders(nonce)).send(page(nonce))
}

function formOf(body: unknown): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams()
}
