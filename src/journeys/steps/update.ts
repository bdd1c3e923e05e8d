/** Changes the contact. */
import { contactPatch } from '../../contacts/schema.ts'
import { nextOf } from '../defaults.ts'
import { renderRecord, renderText } from '../facts.ts'
import type { Decide } from './step.ts'

export const decideUpdate: Decide<'update'> = ({ journey, facts, tags }, step) => {
  const texts = { name: step.name, locale: step.locale, time_zone: step.time_zone }
  const written = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, renderText(text, facts) || null]],
  )
  const removed = new Set(step.remove_tags)
  const kept = [...tags, ...(step.add_tags ?? [])].filter((tag) => !removed.has(tag))
  const patch = contactPatch.parse({
    ...Object.fromEntries(written),
    ...(step.traits ? { traits: renderRecord(step.traits, facts) } : {}),
    ...(step.add_tags || step.remove_tags ? { tags: [...new Set(kept)] } : {}),
  })
  return { kind: 'update', patch, to: nextOf(journey, step) }
}
