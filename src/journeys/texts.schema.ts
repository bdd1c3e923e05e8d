/** The small parts of journey documents: names, and texts that may be Liquid. Pure. */
import { z } from 'zod'

const MAX_TEXT = 100_000 // characters of one string of a journey

/** What Liquid finds a run's facts under. */
export const factNames = ['event', 'contact', 'settings', 'steps', 'run', 'workspace'] as const

/** Liquid over the facts, or plain text. */
export const Text = z.string().max(MAX_TEXT)
export const Written = Text.min(1)
export const Key = Text.min(1).max(2_000)
export const EventName = z.string().trim().min(1).max(200)
export const StepId = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'letters, digits and _ only, such as send_welcome')

/** A number, or Liquid that becomes one. */
export const Amount = z
  .union([z.number(), Text])
  .refine(
    (given) => (typeof given === 'string' && isLiquid(given)) || isAmount(given),
    'not a number from 0 on, nor {{…}} that becomes one',
  )
export type Amount = z.infer<typeof Amount>

export const Duration = z
  .strictObject({
    minutes: Amount.optional(),
    hours: Amount.optional(),
    days: Amount.optional(),
  })
  .refine((given) => Object.keys(given).length === 1, 'Give one of minutes, hours, days.')
export type Duration = z.infer<typeof Duration>

/** Whether a text has anything to render: tags, outputs, or the single braces that templates allow. */
export function isLiquid(text: string): boolean {
  return /\{[{%]|\{[A-Za-z_]\w*(?:\.\w+)*\}/.test(text)
}

function isAmount(given: string | number): boolean {
  return typeof given === 'number' ? given >= 0 : /^\s*\d+(\.\d+)?\s*$/.test(given)
}
