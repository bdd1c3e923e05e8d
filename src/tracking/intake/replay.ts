/** Carries hits from disk into the database. */
import type { Logger } from 'pino'
import { asAppError } from '../../http/problem.ts'
import type { NewHit } from '../store/hits.ts'
import type { Spool } from './spool.ts'

const GROUP = 1_000 // hits in one statement

type Insert = (hits: readonly NewHit[]) => Promise<void>

/**
 * Answers how many. A file is removed only when its hits are committed; a crash in between
 * means that they are offered again, and recognised by their ids. Throws when the database
 * is away, with everything that is not carried over still on disk.
 */
export async function replay(spool: Spool, insert: Insert, log: Logger): Promise<number> {
  let carried = 0
  let hits: NewHit[] = []
  let done: string[] = []
  const flush = async () => {
    if (hits.length > 0) carried += await insertAll(hits, insert, spool, log)
    for (const name of done) await spool.remove(name)
    hits = []
    done = []
  }
  for (const name of await spool.files()) {
    hits.push(...(await readOrSkip(spool, name, log)))
    done.push(name)
    if (hits.length >= GROUP) await flush()
  }
  await flush()
  return carried
}

/** Another process may have been quicker. */
async function readOrSkip(spool: Spool, name: string, log: Logger): Promise<NewHit[]> {
  try {
    return await spool.read(name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    log.error({ err: error, file: name }, 'a file of the spool cannot be read')
    throw error
  }
}

/** One hit that the database refuses does not keep the others waiting. */
async function insertAll(hits: readonly NewHit[], insert: Insert, spool: Spool, log: Logger) {
  try {
    await insert(hits)
    return hits.length
  } catch (error) {
    if (isAway(error)) throw error
  }
  const refused: NewHit[] = []
  for (const hit of hits) {
    try {
      await insert([hit])
    } catch (error) {
      if (isAway(error)) throw error
      log.error({ err: error, hit_id: hit.id }, 'the database refuses a hit')
      refused.push(hit)
    }
  }
  if (refused.length > 0) await spool.setAside(refused)
  return hits.length - refused.length
}

function isAway(error: unknown): boolean {
  return error instanceof Error && asAppError(error).code === 'unavailable'
}
