/** Days of the log of requests: made before they begin, dropped when their time is over. As the owner. */
import type postgres from 'postgres'
import { dropOldPartitions, ensurePartitions, type Partitioned } from '../../db/partitions.ts'
import { uuid7Floor } from '../../lib/uuid7.ts'

const days: Partitioned = {
  ...{ table: 'api_requests', key: 'id', lock: 7_236_004, precision: 10, ahead: 2 },
  begin: (date, ahead) =>
    new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + ahead)),
  keyAt: (time) => uuid7Floor(+time),
}

/** Makes today's partition and those of the next days. Answers the names of the new ones. */
export const ensureDays = (owner: postgres.Sql, now: Date): Promise<string[]> =>
  ensurePartitions(owner, days, now)

/** Drops the days that ended `keep` or more whole days before today. Answers their names. */
export const dropOldDays = (owner: postgres.Sql, keep: number, now: Date): Promise<string[]> =>
  dropOldPartitions(owner, days, { keep, now })
