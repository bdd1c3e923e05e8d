/** Send windows as journeys write them: Liquid is allowed everywhere, because settings come from there. Pure. */
import { z } from 'zod'
import { SendWindow, weekdays } from '../lib/window.ts'
import { isLiquid, Text, Written } from './texts.schema.ts'

const Plain = z.strictObject({
  time_zone: Written.optional(),
  days: z.union([z.array(z.enum(weekdays)).min(1).max(7), Text]).optional(),
  from: Written,
  until: Written,
  holidays: z
    .union([z.array(z.string()).max(400), Text])
    .optional()
    .meta({
      description: 'Dates such as 2026-09-12, in a list or divided by commas.',
    }),
})
export type JourneyWindow = z.infer<typeof Plain>

/** Without Liquid it is read at once, so that a wrong hour is found before a run comes there. */
export const JourneyWindow = Plain.check(({ value, issues }) => {
  if (isLiquid(JSON.stringify(value))) return
  for (const { message, path } of SendWindow.safeParse(withLists(value)).error?.issues ?? [])
    issues.push({ code: 'custom', message, path: [...path], input: value })
})

/** A rendered window. Throws ZodError when what its Liquid became is no window. */
export function readWindow(rendered: JourneyWindow): SendWindow {
  return SendWindow.parse(withLists(rendered))
}

/** Lists in one text become lists; empty ones and an empty zone are left out. */
export function withLists({ days, holidays, time_zone, ...hours }: JourneyWindow) {
  const listed = { days: listOf(days), holidays: listOf(holidays), time_zone: time_zone?.trim() }
  return {
    ...hours,
    ...Object.fromEntries(Object.entries(listed).filter(([, each]) => each?.length)),
  }
}

function listOf(given: string | readonly string[] | undefined) {
  return typeof given === 'string' ? given.split(/[\s,;]+/).filter((part) => part !== '') : given
}
