/** Which events are somebody intervening: a person wrote to us, one of ours to them, or somebody else changed the CRM. Pure. */
import type { Intervention } from './schema.ts'

/** Why a run ended; recipes say it in the same words, however it was noticed. */
export const HUMAN_INTERVENTION = 'human intervention'

interface Happened {
  readonly name: string
  readonly properties: Readonly<Record<string, unknown>>
}

/** Notes that a mailbox sends by itself are no reply, and what we wrote into the CRM is no change. */
export function meets({ on }: Pick<Intervention, 'on'>, { name, properties }: Happened): boolean {
  const { kind, human, auto, by } = properties
  if (on === 'crm_change') return name === 'item.status_changed' && by === 'human'
  if (on === 'by_hand') return name === 'message.by_hand'
  if (name === 'message.received') return human === true || kind === 'human'
  return name === 'message.replied' && kind !== 'auto' && auto !== true
}

/** A CRM may have several items about one person; what happens to another is none of a run's business. */
export function isOtherItem(
  began: Pick<Happened, 'properties'>,
  { name, properties }: Happened,
): boolean {
  const [ours, theirs] = [began.properties['item_id'], properties['item_id']]
  if (name !== 'item.status_changed' || ours === undefined || theirs === undefined) return false
  return String(ours) !== String(theirs)
}
