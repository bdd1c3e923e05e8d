/** Puts work into the queue, inside the transaction that made it necessary. */
import PgBoss from 'pg-boss'
import type { Json, Sql } from '../db/db.ts'
import { executor } from './boss.ts'

/** Never started: it only knows how to write a job. */
const writer = new PgBoss({ db: { executeSql: () => Promise.reject(new Error('not connected')) } })

/** Ids, not content: a job outlives the request, and what it is about may be erased meanwhile. */
export type JobData = { readonly [key: string]: Json }

/**
 * The job runs after the transaction of `sql` has committed, once or more often.
 * `after` delays it. Raises when no handler was ever started under that name.
 */
export async function enqueue(
  sql: Sql,
  name: string,
  data: JobData,
  options: { after?: Date } = {},
): Promise<void> {
  const startAfter = options.after ? { startAfter: options.after } : {}
  const id = await writer.send(name, data, { ...startAfter, db: executor(sql) })
  if (id === null) throw new Error(`There is no queue ${name}; is its handler on the list?`)
}
