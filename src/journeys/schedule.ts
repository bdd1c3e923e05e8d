/**
 * When a journey with a schedule begins its next run. Pure.
 *
 * `every_minutes` counts from midnight UTC of 1970, so that processes and restarts agree; `at` is
 * a time on the wall of a zone: on the night that skips it, the instant of the jump; on the
 * night that has it twice, the first. `days` are local days for both.
 */
import type { z } from 'zod'
import { weekdays } from '../lib/window.ts'
import { DAY_MS, instantOf, MINUTE_MS, wallAt } from '../lib/zone.ts'
import type { Schedule as ScheduleSchema } from './schema.ts'

export type Schedule = z.infer<typeof ScheduleSchema>

const MOST_STEPS = 1_000 // looked at; steps of whole weeks never come to another day of the week

/** The first time after `after`; null when there is none. `fallbackZone` is the workspace's. */
export function nextTime(schedule: Schedule, after: Date, fallbackZone: string): Date | null {
  const zone = schedule.time_zone ?? fallbackZone
  const today = Math.floor(wallAt(+after, zone) / DAY_MS)
  // A week ahead, a day more because its own time may be over, and one for a zone that skips a day.
  for (let day = today; day <= today + 9; day++) {
    if (!runsOn(schedule, day)) continue
    const at = firstOn(schedule, day, +after, zone)
    if (at !== null) return new Date(at)
  }
  // Steps that are longer than a week, or that miss the days that are named.
  const step = (schedule.every_minutes ?? 0) * MINUTE_MS
  const first = stepAfter(+after, step)
  for (let at = first; at < first + MOST_STEPS * step; at += step)
    if (runsOn(schedule, Math.floor(wallAt(at, zone) / DAY_MS))) return new Date(at)
  return null
}

function firstOn(schedule: Schedule, day: number, after: number, zone: string): number | null {
  if (schedule.at !== undefined) {
    const [hours, minutes] = schedule.at.split(':').map(Number)
    const at = instantOf(day * DAY_MS + ((hours ?? 0) * 60 + (minutes ?? 0)) * MINUTE_MS, zone)
    return at > after ? at : null
  }
  const begin = instantOf(day * DAY_MS, zone)
  const end = instantOf((day + 1) * DAY_MS, zone)
  const step = (schedule.every_minutes ?? 1) * MINUTE_MS
  const at = stepAfter(Math.max(after, begin - 1), step)
  return at < end ? at : null
}

const stepAfter = (after: number, step: number) => Math.floor(after / step) * step + step

/** `day` counts days since 1970-01-01, a Thursday. */
function runsOn({ days }: Schedule, day: number): boolean {
  return days === undefined || days.includes(weekdays[(((day + 3) % 7) + 7) % 7]!)
}
