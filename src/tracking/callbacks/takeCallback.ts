/** Takes a vendor's callback in: checks who sent it and stores it, before it is answered. */
import { createHash } from 'node:crypto'
import type { SenderDirectory } from '../../channels/directory.ts'
import type { Db } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { flatHeaders } from '../../http/flatHeaders.ts'
import { createCache } from '../../lib/cache.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import type { TrackingCounters } from '../counters.ts'
import { findSenderWorkspace, insertCallback } from '../store/callbacks.ts'
import { rawRequest } from './processor.ts'

const TTL_MS = 60_000 // a sender never changes its workspace
const MAX_SENDERS = 50_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NOT_KEPT = /^(?:authorization|cookie|proxy-authorization)$/

export interface IncomingCallback {
  readonly provider: string
  readonly senderId: string
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export interface TakeCallbackDeps {
  readonly db: Db
  readonly senders: Pick<SenderDirectory, 'find'>
  readonly publicUrl: string
  readonly counters: TrackingCounters
}

/**
 * Answers the text of a handshake, where it is one; else the callback is stored. Raises `not_found`
 * and `unauthenticated`. The same callback again is taken and changes nothing.
 */
export function createCallbackTaker(
  deps: TakeCallbackDeps,
): (callback: IncomingCallback) => Promise<string | undefined> {
  const { db, counters } = deps
  const workspaces = createCache({
    load: (senderId: string) => findSenderWorkspace(db.engine, senderId),
    ttlMs: TTL_MS,
    max: MAX_SENDERS,
  })

  const senderOf = async ({ provider, senderId }: IncomingCallback) => {
    const workspaceId = UUID.test(senderId) ? await workspaces.get(senderId) : undefined
    if (workspaceId === undefined) {
      workspaces.forget(senderId) // one that is made in a moment is found
      return undefined
    }
    const sender = await deps.senders.find(workspaceId, senderId)
    return sender?.provider.id === provider ? sender : undefined
  }

  return async (callback) => {
    const sender = await senderOf(callback)
    const { callbacks } = sender?.provider ?? {}
    if (!sender || !callbacks)
      throw new AppError('not_found', 'Nobody here expects callbacks at this address.')
    const { method, body } = callback
    const url = `${deps.publicUrl}${callback.path}`
    const headers = flatHeaders(callback.headers)
    const request = rawRequest({ method, url, headers, body })
    const handshake =
      method === 'GET' ? callbacks.shared?.answer(request, sender.settings) : undefined
    if (typeof handshake === 'string') return handshake
    if (handshake === null || !callbacks.verify(request, sender.settings)) {
      counters.callbacksForged++
      throw new AppError(
        'unauthenticated',
        'The signature does not fit. Check the secret that the vendor signs with.',
      )
    }
    counters.callbacks++
    const { workspaceId, id: senderId, provider } = sender
    const row = {
      workspaceId,
      id: uuid7(),
      source: provider.id,
      senderId,
      key: keyOf(callback),
      headers: keptHeaders(headers),
      method,
      url,
      body,
    }
    await insertCallback(db.engine, row, db.clock.now())
    return undefined
  }
}

/** Without what would let its reader in somewhere. */
export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_KEPT.test(name)))
}

/** What a vendor says again has the same address and body; signatures and their times differ. */
function keyOf({ senderId, path, body }: IncomingCallback): string {
  return createHash('sha256').update(`${senderId}\0${path}\0`).update(body).digest('hex')
}
