/**
 * Makes hits durable before they are answered: in the database by group commit, or, while
 * that is away, on disk, from where they are carried over once it is back.
 */
import type { Logger } from 'pino'
import type { Db } from '../../db/db.ts'
import { createBatcher } from '../../lib/batcher.ts'
import { createLoop } from '../../lib/loop.ts'
import type { TrackingCounters } from '../counters.ts'
import { insertHits, type NewHit } from '../store/hits.ts'
import { replay } from './replay.ts'
import { createSpool } from './spool.ts'
import { within } from './within.ts'

const GROUP = 1_000 // hits in one statement
const GROUPS_AT_ONCE = 2 // one gathers and writes while the other commits
const PATIENCE_MS = 3_000 // for a database that does not answer, before the disk is used
const REPLAY_MS = 500 // between two looks whether it is back
const SWEEP_MS = 30_000 // between two looks for what other processes left behind

export interface HitRecorder {
  /** Resolves when the hit is durable. */
  add(hit: NewHit): Promise<void>
  start(): void
  stop(): Promise<void>
  /** The database is away and hits go to disk. */
  readonly away: boolean
}

export interface RecorderOptions {
  readonly db: Pick<Db, 'engine'>
  readonly spoolDir: string
  readonly log: Logger
  readonly counters: TrackingCounters
  /** Hits have become work for the projector. */
  onRecorded(): void
}

export function createHitRecorder(options: RecorderOptions): HitRecorder {
  const { db, log, counters } = options
  const spool = createSpool(options.spoolDir)
  let away = false

  const insert = (hits: readonly NewHit[]) => within(PATIENCE_MS, insertHits(db.engine, hits))

  const toDisk = async (hits: readonly NewHit[]) => {
    try {
      await spool.write(hits)
      counters.spooled += hits.length
      loop.poke(REPLAY_MS)
    } catch (error) {
      counters.lost += hits.length
      log.error(
        { err: error, hits: hits.length },
        'hits could be stored neither in the database nor on disk',
      )
      throw error
    }
  }

  const run = async (hits: readonly NewHit[]): Promise<undefined[]> => {
    if (away) await toDisk(hits)
    else {
      try {
        await insert(hits)
        options.onRecorded()
      } catch (error) {
        if (!away) log.warn({ err: error }, 'the database takes no hits, keeping them on disk')
        away = true
        await toDisk(hits)
      }
    }
    counters.hits += hits.length
    return hits.map(() => undefined)
  }

  const carryOver = async () => {
    const carried = await replay(spool, insert, log).catch((error: unknown) => {
      log.debug({ err: error }, 'hits stay on disk')
      return null
    })
    if (carried === null) return REPLAY_MS
    counters.replayed += carried
    if (away) log.info({ hits: carried }, 'the database takes hits again')
    away = false
    if (carried > 0) options.onRecorded()
    return SWEEP_MS
  }
  const loop = createLoop({ look: carryOver, retryMs: REPLAY_MS, name: 'carrying hits over', log })

  const batcher = createBatcher<NewHit, undefined>({
    run,
    maxWeight: GROUP,
    concurrency: GROUPS_AT_ONCE,
  })

  return {
    add: (hit) => batcher.add(hit),
    start: () => loop.start(),
    async stop() {
      await batcher.drain()
      await loop.stop()
    },
    get away() {
      return away
    },
  }
}
