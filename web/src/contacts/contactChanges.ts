/** What somebody changed in a contact's form, as the API takes it: nothing that they left alone. */
import type { Body } from '../lib/api.ts'
import { sameJson } from '../lib/sameJson.ts'

type Patch = Body<'/contacts/{id}', 'put'>
type Values = Readonly<Record<string, unknown>>

/** `typed` has the touched fields only; one that was emptied is undefined. */
export function changesOf(traits: Values, typed: Values): Patch {
  const given = Object.entries(typed).map(([name, value]) => {
    if (name === 'traits') return [name, traitChanges(traits, value ?? {})]
    return [name, typeof value === 'string' ? value.trim() || null : (value ?? null)]
  })
  return Object.fromEntries(given) as Patch // the form has the API's own names; it checks the values
}

/** A connector may have added a trait meanwhile, so only those that were seen are removed. */
function traitChanges(before: Values, after: unknown): unknown {
  if (typeof after !== 'object' || after === null || Array.isArray(after)) return after
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name))
  const changed = Object.entries(after).filter(([name, value]) => !sameJson(value, before[name]))
  return Object.fromEntries([...gone.map((name) => [name, null]), ...changed])
}
