/**
 * Vendors that call one address for all senders of an account, such as Meta: for whom a request is,
 * whether it is theirs, and their handshake. Stored before it is answered, as every callback.
 */
import { createHash } from 'node:crypto'
import type { Sender, SenderDirectory } from '../../channels/directory.ts'
import type { SharedCallbacks } from '../../channels/provider.ts'
import { providers } from '../../channels/registry.ts'
import type { Db } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import type { RawRequest } from '../../lib/http.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import type { TrackingCounters } from '../counters.ts'
import { insertCallback, noteCallback } from '../store/callbacks.ts'
import { keptHeaders } from './takeCallback.ts'

const HOUR_MS = 3_600_000
export const TOKEN_MISMATCH = 'A handshake came with another verify token than ours.'

export interface SharedDeps {
  readonly db: Db
  readonly senders: Pick<SenderDirectory, 'forChannel'>
  readonly counters: TrackingCounters
  readonly defaultWorkspaceId: string
}

export const sharedProviders = providers.flatMap((provider) => {
  const shared = provider.callbacks?.shared
  return shared
    ? [{ ...shared, id: provider.id, name: provider.name, channel: provider.channel }]
    : []
})
type Shared = (typeof sharedProviders)[number]

/** The text of a handshake. Raises `not_found`, `unauthenticated` and `forbidden`. */
export async function shake(
  shared: Shared,
  request: RawRequest,
  deps: SharedDeps,
): Promise<string> {
  const senders = await sendersOf(shared, deps)
  for (const { settings } of senders) {
    const answer = shared.answer(request, settings)
    if (answer !== null) return answer
  }
  await noteMismatch(shared, senders[0]!, deps)
  throw forged(shared, 'The verify token is not ours. Enter the one that is set here.')
}

/** Stores it once for each sender that it is about. The same request again changes nothing. */
export async function takeShared(
  shared: Shared,
  given: { request: RawRequest; body: Buffer },
  deps: SharedDeps,
): Promise<void> {
  const { request, body } = given
  const senders = await sendersOf(shared, deps)
  const meant = senders.filter(({ settings }) => shared.isFor(request, settings))
  const genuine = (meant.length > 0 ? meant : senders).filter(({ settings, provider }) =>
    provider.callbacks?.verify(request, settings),
  )
  // What is about nobody here, or cannot be read, is kept with the first, to be seen.
  const takers = meant.length > 0 ? genuine : genuine.slice(0, 1)
  if (takers.length === 0) {
    deps.counters.callbacksForged++
    throw forged(shared, 'The signature does not fit. Check the secret that the vendor signs with.')
  }
  deps.counters.callbacks++
  const now = deps.db.clock.now()
  await deps.db.engine.begin(async (tx) => {
    for (const { workspaceId, id: senderId, provider, settings } of takers) {
      const hash = createHash('sha256').update(`${senderId}\0${shared.path}\0`).update(body)
      const { method, url, headers } = request
      const row = { workspaceId, id: uuid7(), source: provider.id, senderId, method, url, body }
      const about = { key: hash.digest('hex'), signed: shared.isSigned(settings) }
      await insertCallback(tx, { ...row, ...about, headers: keptHeaders(headers) }, now)
    }
  })
}

async function sendersOf(shared: Shared, deps: SharedDeps): Promise<readonly Sender[]> {
  const all = await deps.senders.forChannel(deps.defaultWorkspaceId, shared.channel)
  const own = all.filter(({ provider }) => provider.id === shared.id)
  if (own.length === 0)
    throw new AppError('not_found', 'Nobody here expects callbacks at this address.')
  return own
}

export function forged(
  { forgedStatus }: Pick<SharedCallbacks<unknown>, 'forgedStatus'>,
  words: string,
) {
  return new AppError(forgedStatus === 403 ? 'forbidden' : 'unauthenticated', words)
}

/** Once an hour at most: anybody may try. */
async function noteMismatch(shared: Shared, sender: Sender, deps: SharedDeps): Promise<void> {
  const now = deps.db.clock.now()
  deps.counters.callbacksForged++
  const { workspaceId, id: senderId } = sender
  const id = uuid7()
  const key = `handshake ${senderId} ${Math.floor(+now / HOUR_MS)}`
  await deps.db.engine.begin(async (tx) => {
    const row = { workspaceId, id, source: shared.id, senderId, key, headers: {}, method: 'GET' }
    const callback = {
      ...row,
      url: `/webhook/${shared.path}`,
      body: Buffer.alloc(0),
      signed: false,
    }
    if (!(await insertCallback(tx, callback, now))) return
    const failed = { status: 'failed' as const, reason: TOKEN_MISMATCH, dueAt: now }
    await noteCallback(tx, { workspaceId, id }, failed, now)
  })
}
