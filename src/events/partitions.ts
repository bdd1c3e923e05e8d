/**
 * Months of events. A partition is made before its month begins, so that the default one
 * stays empty; retention drops whole months instead of deleting rows.
 *
 * Both run as the owner, who alone may reach partitions directly.
 */
import type postgres from 'postgres'
import {
  createMonth,
  deleteOutsideMonths,
  detachMonth,
  listMonths,
  lockPartitions,
} from './partitions.store.ts'

const MONTHS_AHEAD = 2

/** Makes this month's partition and those of the next two. Answers the names of the new ones. */
export function ensurePartitions(owner: postgres.Sql, now: Date): Promise<string[]> {
  return owner.begin(async (sql) => {
    await lockPartitions(sql)
    const there = new Set(await listMonths(sql))
    const made: string[] = []
    for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
      const from = monthOf(now, ahead)
      if (there.has(nameOf(from))) continue
      await createMonth(sql, { name: nameOf(from), from, to: monthOf(from, 1) })
      made.push(nameOf(from))
    }
    return made
  })
}

/**
 * Drops the months that ended `months` or more whole months before this one, and what lies
 * outside all months and is that old. Answers the names.
 */
export function dropOldPartitions(
  owner: postgres.Sql,
  months: number,
  now: Date,
): Promise<string[]> {
  return owner.begin(async (sql) => {
    await lockPartitions(sql)
    const before = monthOf(now, -months)
    const old = (await listMonths(sql)).filter((name) => name < nameOf(before))
    for (const name of old) await detachMonth(sql, name)
    await deleteOutsideMonths(sql, before)
    return old
  })
}

function monthOf(date: Date, ahead: number): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead))
}

/** Sorts as time does. */
function nameOf(month: Date): string {
  return `events_${month.toISOString().slice(0, 7).replace('-', '_')}`
}
