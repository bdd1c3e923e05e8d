/**
 * Receipts of vendors on their way in. States, replies and complaints are applied at once;
 * opens and clicks are evidence, and wait with all others to be classified.
 */
import { createHash } from 'node:crypto'
import type { TransactionSql } from 'postgres'
import type { Receipt, ReceiptKind } from '../channels/provider.ts'
import type { Db } from '../db/db.ts'
import { createBatcher } from '../lib/batcher.ts'
import { uuidFromBytes } from '../lib/uuid7.ts'
import { applyReceipts, type StateReceipt } from '../messages/receipts.ts'
import { type HitSource, insertToldHits, type ToldHit } from './store/hits.ts'

const hitKinds: Partial<Record<ReceiptKind, ToldHit['kind']>> = { opened: 'open', clicked: 'click' }

/** A receipt whose message has been found. */
export interface Located {
  readonly messageId: string
  readonly receipt: Receipt
}

export interface Origin {
  readonly workspaceId: string
  /** The provider's id. */
  readonly source: string
  readonly told: HitSource
}

/** In the caller's transaction, on the engine role. The same receipt again changes nothing. */
export async function takeReceipts(
  tx: TransactionSql,
  origin: Origin,
  located: readonly Located[],
  now: Date,
): Promise<void> {
  const { workspaceId, source } = origin
  const states = located.flatMap(({ messageId, receipt }) => {
    const { kind, at } = receipt
    if (!isState(kind)) return []
    return [{ workspaceId, messageId, kind, at, detail: receipt.detail ?? null, source }]
  })
  const hits = located.flatMap((each) => hitOf(origin, each))
  await insertToldHits(tx, workspaceId, origin.told, hits)
  if (states.length > 0) await applyReceipts(tx, states, now)
}

type Told = { row: { workspaceId: string; id: string }; receipts: readonly Receipt[] }

const GROUP = 500 // messages in one transaction

/** Receipts that came with the acceptance, as the sandbox gives them, many in one commit. For the engine. */
export function createReceiver(options: {
  db: Pick<Db, 'engine' | 'clock'>
  onHits(): void
}): (row: { workspaceId: string; id: string }, receipts: readonly Receipt[]) => Promise<void> {
  const { engine, clock } = options.db
  const batcher = createBatcher<Told, undefined>({
    run: async (told) => {
      await engine.begin(async (tx) => {
        for (const [workspaceId, own] of Map.groupBy(told, ({ row }) => row.workspaceId)) {
          const origin: Origin = { workspaceId, source: 'sandbox', told: 'sandbox' }
          const located = own.flatMap(({ row, receipts }) =>
            receipts.map((receipt) => ({ messageId: row.id, receipt })),
          )
          await takeReceipts(tx, origin, located, clock.now())
        }
      })
      if (told.some(({ receipts }) => receipts.some(({ kind }) => !isState(kind)))) options.onHits()
      return told.map(() => undefined)
    },
    maxWeight: GROUP,
    concurrency: 1,
  })
  return (row, receipts) => batcher.add({ row, receipts })
}

function isState(kind: ReceiptKind): kind is StateReceipt {
  return hitKinds[kind] === undefined
}

function hitOf(origin: Origin, { messageId, receipt }: Located): ToldHit[] {
  const kind = hitKinds[receipt.kind]
  if (kind === undefined) return []
  return [
    {
      id: idOf(origin.source, messageId, receipt),
      messageId,
      kind,
      at: receipt.at,
      purpose: /\bmachine\b/i.test(receipt.detail ?? '') ? 'machine' : null,
    },
  ]
}

/** The same receipt has the same id, however often it is told (RFC 9562 §5.8, version 8). */
function idOf(source: string, messageId: string, { kind, at, detail }: Receipt): string {
  const text = [source, messageId, kind, at.toISOString(), detail ?? ''].join('\0')
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return uuidFromBytes(bytes)
}
