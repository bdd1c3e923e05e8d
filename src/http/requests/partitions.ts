/** Days of the log of requests: made before they begin, dropped when their time is over. As the owner. */
import type postgres from 'postgres'
import { uuid7Floor } from '../../lib/uuid7.ts'
import { createDay, deleteOutsideDays, dropDay, listDays, lockDays } from './partitions.store.ts'

const DAYS_AHEAD = 2
const DAY_MS = 86_400_000

/** Makes today's partition and those of the next days. Answers the names of the new ones. */
export function ensureDays(owner: postgres.Sql, now: Date): Promise<string[]> {
  return owner.begin(async (sql) => {
    await lockDays(sql)
    const there = new Set(await listDays(sql))
    const made: string[] = []
    for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
      const begin = dayOf(now, ahead)
      const name = nameOf(begin)
      if (there.has(name)) continue
      const ids = { from: uuid7Floor(begin), to: uuid7Floor(begin + DAY_MS) }
      await createDay(sql, { name, ...ids })
      made.push(name)
    }
    return made
  })
}

/** Drops the days that ended `days` or more whole days before today. Answers their names. */
export function dropOldDays(owner: postgres.Sql, days: number, now: Date): Promise<string[]> {
  return owner.begin(async (sql) => {
    await lockDays(sql)
    const before = dayOf(now, -days)
    const old = (await listDays(sql)).filter((name) => name < nameOf(before))
    for (const name of old) await dropDay(sql, name)
    await deleteOutsideDays(sql, uuid7Floor(before))
    return old
  })
}

const dayOf = (date: Date, ahead: number): number =>
  Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + ahead)

/** Sorts as time does. */
const nameOf = (day: number): string =>
  `api_requests_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '_')}`
