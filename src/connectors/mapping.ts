/**
 * Which fields of another system become which of a contact, and who is right when both sides have
 * something. A setting like any other: the form draws it from its schema (`widget: 'mapping'`), the connector
 * turns what it read into a record by it, and sync/ keeps to the rules when it writes.
 */
import { z } from 'zod'
import type { ContactRecord } from './connector.ts'

/**
 * theirs: what they have is taken. ours: it is taken only where we have nothing. newest: whoever changed it
 * last is right.
 */
const rules = ['theirs', 'ours', 'newest'] as const
export type Rule = (typeof rules)[number]

const Line = z.strictObject({
  from: z.string().trim().min(1).max(200),
  to: z
    .string()
    .regex(
      /^(?:name|email|phone|traits\.(?!__proto__$)[\p{L}\p{N}_-]{1,64})$/u,
      'One of name, email, phone, or traits. and a name.',
    ),
  rule: z.enum(rules).default('theirs'),
})
export type MappingLine = z.infer<typeof Line>

interface Described {
  readonly title: string
  readonly description: string
  /** What the other system has as a rule; others can be typed. */
  readonly fields: readonly { readonly id: string; readonly title: string }[]
  readonly initial: readonly MappingLine[]
}

export function mapping({ title, description, fields, initial }: Described) {
  return z
    .array(Line)
    .max(50)
    .refine(
      (lines) => new Set(lines.map(({ to }) => to)).size === lines.length,
      'Two lines lead to the same field. Keep one.',
    )
    .default([...initial])
    .meta({ title, description, widget: 'mapping', fields: [...fields] })
}

export type Mapped = Pick<ContactRecord, 'name' | 'email' | 'phone' | 'traits' | 'rules'>

/** Lines whose field is empty over there, or not there, say nothing: nobody's name is taken away. */
export function mapped(
  values: Readonly<Record<string, unknown>>,
  lines: readonly MappingLine[],
): Mapped {
  const found: { name?: string; email?: string; phone?: string } = {}
  const traits: Record<string, unknown> = {}
  for (const { from, to } of lines) {
    const value = Object.hasOwn(values, from) ? values[from] : undefined
    if (value === undefined || value === null || value === '') continue
    if (to === 'name' || to === 'email' || to === 'phone') found[to] = String(value)
    else traits[to.slice('traits.'.length)] = value
  }
  const some = Object.keys(traits).length > 0 ? { traits } : {}
  return { ...found, ...some, rules: rulesOf(lines) }
}

/** By the contact's field; absent: theirs. */
export function rulesOf(lines: readonly MappingLine[]): Readonly<Record<string, Rule>> {
  return Object.fromEntries(lines.map(({ to, rule }) => [to, rule]))
}
