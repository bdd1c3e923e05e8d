/** Months of events: made before they begin, dropped when their time is over. As the owner. */
import type postgres from 'postgres'
import {
  dropOldPartitions as dropOld,
  ensurePartitions as ensure,
  type Partitioned,
} from '../db/partitions.ts'

const months: Partitioned = {
  ...{ table: 'events', key: 'recorded_at', lock: 7_236_002, precision: 7, ahead: 2 },
  begin: (date, ahead) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead)),
  keyAt: (time) => time.toISOString(),
}

/** Makes this month's partition and those of the next two. Answers the names of the new ones. */
export const ensurePartitions = (owner: postgres.Sql, now: Date): Promise<string[]> =>
  ensure(owner, months, now)

/**
 * Drops the months that ended `keep` or more whole months before this one, and what lies
 * outside all months and is that old. Answers the names.
 */
export const dropOldPartitions = (
  owner: postgres.Sql,
  keep: number,
  now: Date,
): Promise<string[]> => dropOld(owner, months, { keep, now })
