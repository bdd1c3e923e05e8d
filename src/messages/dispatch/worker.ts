/**
 * Sends what is due for one sender: render, intent, send, settle.
 *
 * Keeps as many messages between intent and answer as the sender's connections can be busy with
 * (inFlight.ts), so that none idles while a statement commits. Rows wait here in their order of
 * priority; nothing was written of them, so losing them costs nothing.
 */
import { randomUUID } from 'node:crypto'
import { addressKind } from '../../channels/address.ts'
import type { Sender } from '../../channels/directory.ts'
import { addressHash } from '../../consent/hash.ts'
import type { Sql } from '../../db/db.ts'
import { nextTurn } from '../../lib/turn.ts'
import { gate } from '../gate.ts'
import { LEASE_SECONDS } from '../life.ts'
import type { Rendered } from '../render.ts'
import type { Due } from '../store/due.ts'
import { type Intent, intend, type Wanted } from '../store/intend.ts'
import { createAttempts, type Held } from './attempts.ts'
import type { DispatchDeps } from './deps.ts'
import { holdOutside } from './holdOutside.ts'
import { createInFlight } from './inFlight.ts'
import { prepareBatch, SLICE } from './prepareBatch.ts'
import { takeTurns } from './takeTurns.ts'

const CHUNK = 250 // rows in one intent
const RENDERED_AT_ONCE = 100 // rows rendered before the next intent is looked at
const INTENTS_AT_ONCE = 2
const AHEAD = 2 // times the provider's concurrency may be between intent and answer, at most
const PREFETCH = 1_000 // rows that wait here, at least
const MAX_UNSETTLED = 4_000 // answered rows whose settlement is not committed yet

interface Ready {
  readonly item: Held
  readonly rendered: Rendered
  readonly pepper: Buffer
}

export interface Worker {
  push(rows: readonly Due[]): void
  /** How many more rows it makes sense to look for. */
  room(): number
  /** Ids of rows that were read and not begun: nobody can see in the database that we have them. */
  taken(): readonly string[]
  /** Everything under a lease and not settled, for renewing it. */
  leased(): Iterable<Held>
  /** Lets go of the rows that were not begun and answers them: their lanes must be looked at again. */
  abandon(): Due[]
  readonly idle: boolean
}

export function createWorker(
  sender: () => Promise<Sender | undefined>,
  first: Sender,
  processId: string,
  deps: DispatchDeps,
): Worker {
  const queues: Held[][] = [[], [], [], []] // by priority
  const held = new Map<string, Held>()
  const unbegun = new Set<string>()
  const { limits } = first.provider
  const inFlight = createInFlight({
    least: limits.concurrencyOf?.(first.settings) ?? limits.concurrency,
    most: limits.concurrency * AHEAD,
  })
  const ready: Ready[] = []
  let preparing = false
  let waiting = 0
  let underWay = 0 // between intent and answer, or about to be
  let intents = 0

  const take = (limit: number): Held[] => {
    const taken: Held[] = []
    for (let priority = queues.length - 1; priority >= 0 && taken.length < limit; priority--) {
      taken.push(...(queues[priority]?.splice(0, limit - taken.length) ?? []))
    }
    waiting -= taken.length
    return taken
  }

  /** Renders ahead of the intents. What is only rendered has not begun: losing it costs nothing. */
  const prepare = async () => {
    if (preparing) return
    preparing = true
    try {
      while (waiting > 0 && ready.length < CHUNK * 2 && !deps.stopping.aborted) {
        await renderSome(take(RENDERED_AT_ONCE))
        pump()
      }
    } finally {
      preparing = false
    }
  }

  const renderSome = async (batch: readonly Held[]) => {
    try {
      const current = (await sender()) ?? first
      for (const { item, result, pepper } of await prepareBatch(batch, current, deps)) {
        if (result instanceof Error) attempts.failUnrendered(item, result)
        else ready.push({ item, rendered: result, pepper })
      }
    } catch (error) {
      giveUp(batch, error)
    }
  }

  const pump = () => {
    while (
      ready.length > 0 &&
      intents < INTENTS_AT_ONCE &&
      held.size - waiting < MAX_UNSETTLED &&
      !deps.stopping.aborted
    ) {
      const free = inFlight.size - underWay
      // A few free places are not worth a statement while others are still under way.
      if (free <= 0 || (free < Math.min(CHUNK, inFlight.size / 2, ready.length) && underWay > 0))
        break
      const batch = ready.splice(0, Math.min(CHUNK, free))
      intents++
      underWay += batch.length
      for (const { item } of batch) item.counted = true
      void begin(batch)
    }
    if (ready.length < CHUNK) void prepare()
  }

  /** The database is away, or the sender cannot work: nothing was written, the lane is looked at again. */
  const giveUp = (batch: readonly Held[], error?: unknown): null => {
    if (error) deps.log.warn({ err: error, messages: batch.length }, 'a batch was given back')
    for (const item of batch) release(item)
    return null
  }

  const begin = async (batch: readonly Ready[]) => {
    const startedAt = performance.now()
    const begun = await commit(batch).finally(() => {
      intents--
    })
    inFlight.committed(performance.now() - startedAt)
    if (!begun) return
    const byId = new Map(begun.intents.map((intent) => [intent.id, intent]))
    for (const [index, { item, rendered }] of batch.entries()) {
      if (index % SLICE === SLICE - 1) await nextTurn()
      const intent = byId.get(item.row.id)
      if (!intent)
        release(item) // cancelled, put off or taken by another process meanwhile
      else if (intent.gone) attempts.send(item, begun.inTurn(rendered), begun.sender)
      else attempts.refuse(item, gate(intent))
    }
    pump()
  }

  /** Commits the intents. Null when nothing may be sent now; then the rows have been let go. */
  const commit = async (batch: readonly Ready[]) => {
    const items = batch.map(({ item }) => item)
    const current = await sender().catch((error: unknown) => giveUp(items, error))
    if (current === null) return null
    if (current && current.status !== 'active') return giveUp(items)
    try {
      const used = current ?? first
      const outside = await holdOutside(
        deps.db,
        items.map(({ row }) => row),
      )
      const inside = batch.filter(({ item }) => !outside.has(item.row.id))
      const rows = inside.map(({ item }) => item.row)
      const turns = await takeTurns(deps.db, used, rows, (tx, granted) =>
        intendAll(
          inside.filter(({ item }) => granted.has(item.row.id)),
          tx,
        ),
      )
      const inTurn = (rendered: Rendered) => (turns ? withWindow(rendered, turns.open) : rendered)
      const intents = turns?.intents ?? (await intendAll(inside, deps.db.engine))
      return { sender: used, inTurn, intents }
    } catch (error) {
      // Whether these intents were committed nobody knows, but that nothing was sent we do know.
      deps.log.warn({ err: error, messages: batch.length }, 'a batch was given back unsent')
      for (const item of items) attempts.giveBack(item)
      return null
    } finally {
      for (const item of items) unbegun.delete(item.row.id)
    }
  }

  /** One lease for the batch. Stamped before it is asked for: it runs from then at the latest. */
  const intendAll = async (batch: readonly Ready[], sql: Sql): Promise<readonly Intent[]> => {
    if (batch.length === 0) return []
    const now = deps.db.clock.now()
    const lease = randomUUID()
    const leasedAtMs = performance.now()
    for (const { item } of batch) {
      item.lease = lease
      item.leasedAtMs = leasedAtMs
    }
    const until = new Date(now.getTime() + LEASE_SECONDS * 1000)
    // One order everywhere, so that writers of the same rows wait instead of deadlocking.
    const wanted = batch.map(wantedOf).sort((a, b) => (a.id < b.id ? -1 : 1))
    return intend(sql, wanted, { id: lease, processId, now, until })
  }

  const release = (item: Held) => {
    answered(item)
    if (held.get(item.row.id) === item) {
      held.delete(item.row.id)
      unbegun.delete(item.row.id)
    }
    if (waiting < PREFETCH / 2) deps.onRoom()
    pump()
  }

  /** Its place between intent and answer is free, though it is not settled yet. */
  const answered = (item: Held) => {
    if (!item.counted) return
    item.counted = false
    underWay--
    inFlight.answered()
    if (inFlight.size - underWay >= Math.min(CHUNK, inFlight.size / 2)) pump()
  }

  const attempts = createAttempts({ deps, answered, release })

  return {
    push(rows) {
      for (const row of rows) {
        const item: Held = { row, lease: null, leasedAtMs: 0, counted: false }
        held.set(row.id, item)
        unbegun.add(row.id)
        queues[row.priority]?.push(item)
      }
      waiting += rows.length
      pump()
    },
    room: () => Math.max(0, PREFETCH - waiting),
    taken: () => [...unbegun],
    *leased() {
      for (const item of held.values()) if (item.lease !== null) yield item
    },
    abandon() {
      const rows = [...take(waiting), ...ready.splice(0).map(({ item }) => item)]
      for (const { row } of rows) {
        held.delete(row.id)
        unbegun.delete(row.id)
      }
      return rows.map(({ row }) => row)
    },
    get idle() {
      return held.size === 0
    },
  }
}

/** Whether free text may be sent is known only now. */
function withWindow({ outbound, ...rest }: Rendered, open: ReadonlySet<string>): Rendered {
  const content = { ...outbound.content, windowOpen: open.has(outbound.id) }
  return { ...rest, outbound: { ...outbound, content } }
}

function wantedOf({ item: { row }, pepper }: Ready): Wanted {
  const { workspaceId, id, senderId, attempt } = row
  const kind = addressKind(row.channel)
  const hash = kind && row.address ? addressHash(pepper, kind, row.address) : null
  return { workspaceId, id, senderId, attempt, kind, addressHash: hash }
}
