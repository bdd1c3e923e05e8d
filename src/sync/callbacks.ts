/**
 * Webhooks of connectors: checked and stored before they are answered (`take`), understood after,
 * by tracking's processor, which asks `read` for what follows from one.
 */
import { createHash } from 'node:crypto'
import { BY_HAND } from '../channels/changeSender.ts'
import type { Verdict } from '../connectors/connector.ts'
import { connectors } from '../connectors/registry.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { withoutSecrets } from '../http/requests/shorten.ts'
import type { RawRequest } from '../lib/http.ts'
import { uuid7 } from '../lib/uuid7.ts'
import type { CallbackReader } from '../tracking/callbacks/connectionCallback.ts'
import { insertCallback } from '../tracking/store/callbacks.ts'
import { applyRecords } from './applyRecords.ts'
import type { SyncDeps } from './deps.ts'
import { type Connection, keyContext } from './directory.ts'
import { findConnectionById, noteCallbackRefused, noteCallbackTaken } from './store/connections.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NOT_KEPT = /^(?:authorization|cookie|proxy-authorization)$/

export interface IncomingWebhook {
  /** As in /webhook/<path>. */
  readonly path: string
  /** Null at the plain path, which is the environment's connection of the default workspace. */
  readonly connectionId: string | null
  readonly request: RawRequest
  readonly body: Buffer
}

/** `answer` is sent back as it is; without one the webhook is stored. */
export type Taken = { readonly answer: unknown } | { readonly stored: true }

export interface WebhookDeps extends SyncDeps {
  readonly defaultWorkspaceId: string
  /** One was refused. */
  onForged(): void
}

/** Raises `not_found` and `unauthenticated`. The same webhook again is taken and changes nothing. */
export async function takeWebhook(given: IncomingWebhook, deps: WebhookDeps): Promise<Taken> {
  const connector = connectors.find(({ callbacks }) => callbacks?.path === given.path)
  const candidates = connector ? await addressees(given, connector.id, deps) : []
  const challenge = connector?.callbacks?.answer?.(given.request, candidates[0]?.settings ?? null)
  if (challenge !== undefined) return { answer: challenge }
  if (candidates.length === 0)
    throw new AppError('not_found', 'Nobody here expects webhooks at this address.')
  const verdicts = candidates.map((each) => ({ each, verdict: verdictOf(each, given, deps) }))
  const best =
    verdicts.find(({ verdict }) => verdict === 'signed') ??
    verdicts.find(({ verdict }) => verdict === 'unsigned')
  if (!best) {
    const { workspaceId, id } = candidates[0]!.row
    await inWorkspace(deps.db, workspaceId, (tx) => noteCallbackRefused(tx, workspaceId, id))
    deps.onForged()
    throw new AppError(
      'unauthenticated',
      'The signature does not fit. Check the key that the webhooks are signed with.',
    )
  }
  await store(best.each, best.verdict === 'signed', given, deps)
  return { stored: true }
}

/** Whom it may be for; an id names one, the plain path leaves it to the signature. */
async function addressees(
  { connectionId }: IncomingWebhook,
  connectorId: string,
  deps: WebhookDeps,
): Promise<Connection[]> {
  const usable = (all: readonly (Connection | undefined)[]) =>
    all.filter((each) => each !== undefined).filter(({ row }) => row.status !== 'disabled')
  if (connectionId === null) {
    const { db, connections, defaultWorkspaceId } = deps
    const all = await inWorkspace(db, defaultWorkspaceId, (tx) =>
      connections.of(tx, defaultWorkspaceId, connectorId),
    )
    return usable(all)
  }
  if (!UUID.test(connectionId)) return []
  const row = await findConnectionById(deps.db.engine, connectionId)
  return row?.connector === connectorId ? usable([deps.connections.open(row)]) : []
}

function verdictOf(connection: Connection, given: IncomingWebhook, deps: WebhookDeps): Verdict {
  const { connector, row, settings, fault } = connection
  if (fault !== null || !connector.callbacks) return 'unsigned' // it can only be a hint
  const sealed = row.subscriptionKey
  const subscriptionKey = sealed === null ? null : unsealed(sealed, row, deps)
  return connector.callbacks.verify(given.request, {
    ...{ settings, subscriptionKey, now: deps.db.clock.now() },
  })
}

function unsealed(sealed: string, { workspaceId, id }: Connection['row'], deps: WebhookDeps) {
  try {
    return deps.sealing.unseal(sealed, keyContext(workspaceId, id))
  } catch {
    return null // sealed with a key that is no longer ours; the next subscription brings it again
  }
}

async function store(
  { connector, row }: Connection,
  signed: boolean,
  { request, body }: IncomingWebhook,
  deps: WebhookDeps,
): Promise<void> {
  const { workspaceId, id: connectionId } = row
  const now = deps.db.clock.now()
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !NOT_KEPT.test(name)),
  )
  const key = createHash('sha256').update(`${connectionId}\0${signed}\0`).update(body).digest('hex')
  await inWorkspace(deps.db, workspaceId, async (tx) => {
    await insertCallback(
      tx,
      {
        ...{ workspaceId, id: uuid7(), source: connector.id, senderId: null, connectionId, signed },
        // Its signature was checked, and an address may hold the secret.
        ...{ key, headers, method: request.method, url: withoutSecrets(request.url), body },
      },
      now,
    )
    await noteCallbackTaken(tx, workspaceId, connectionId, now)
  })
}

/** What a stored webhook comes to. Calls the vendor, so outside of any transaction. */
export function createCallbackReader(deps: SyncDeps): CallbackReader {
  return async (callback, request) => {
    const { workspaceId, connectionId } = callback
    const connection = await inWorkspace(deps.db, workspaceId, (tx) =>
      deps.connections.find(tx, workspaceId, connectionId),
    )
    if (!connection?.connector.callbacks) throw new Error('Its connection is gone.')
    const { connector, row } = connection
    if (connection.fault !== null) throw new Error(connection.fault)
    if (row.status === 'disabled' || row.statusReason?.startsWith(BY_HAND))
      throw new Error('Its connection is paused. Activate it, then process this again.')
    const context = deps.connections.context(connection)
    const verdict = callback.signed ? 'signed' : 'unsigned'
    const records = await connector.callbacks!.handle(request, verdict, context)
    const target = { workspaceId, connectionId, source: connector.id }
    const sifted = deps.seen.sift(target, records)
    let keys: readonly string[] = []
    return {
      async apply(tx, now) {
        keys = (await applyRecords(tx, target, sifted, now)).keys
      },
      applied() {
        deps.seen.add(target, keys)
        deps.onEvents()
      },
    }
  }
}
