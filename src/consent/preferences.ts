/**
 * Document 003's preferences: one object per person, which here is a view of what the
 * person consented to.
 *
 *   channels    {"email": false}            nothing by that channel, whatever the topic
 *   categories  {"news": true}              a topic, on all channels
 *   topics      {"news": {"sms": false}}    a topic on single channels
 *   marketing   false                       no marketing at all
 *
 * What is not named is allowed and stays as it is. A no anywhere on the way of a message
 * stops it, so `marketing: false` counts whatever the categories say.
 */
import type { Sql } from '../db/db.ts'
import { type ConsentInput, recordConsents } from './record.ts'
import type { ConsentState, PreferencesView, PreferencesWrite, UnsubscribeInput } from './schema.ts'
import { listConsentStates } from './store.ts'

type Wish = Pick<ConsentState, 'topic' | 'channel' | 'granted'>

export function wishesOf(input: PreferencesWrite): Wish[] {
  const topics = Object.entries(input.topics ?? {}).flatMap(([topic, value]): Wish[] =>
    typeof value === 'boolean'
      ? [{ topic, channel: '*', granted: value }]
      : Object.entries(value).map(([channel, granted]) => ({ topic, channel, granted })),
  )
  return [
    ...(input.marketing === undefined
      ? []
      : [{ topic: '*', channel: '*', granted: input.marketing }]),
    ...Object.entries(input.channels ?? {}).map(([channel, granted]) => ({
      topic: '*',
      channel,
      granted,
    })),
    ...Object.entries(input.categories ?? {}).map(([topic, granted]) => ({
      topic,
      channel: '*',
      granted,
    })),
    ...topics,
  ]
}

export function preferencesView(
  userId: string,
  contactId: string,
  states: readonly ConsentState[],
): PreferencesView {
  const newest = Math.max(...states.map((state) => state.at.getTime()))
  const of = (match: (state: ConsentState) => boolean, key: 'topic' | 'channel') =>
    Object.fromEntries(states.filter(match).map((state) => [state[key], state.granted]))
  const single = states.filter((state) => state.topic !== '*' && state.channel !== '*')
  const topics: PreferencesView['topics'] = {}
  for (const { topic, channel, granted } of single) {
    topics[topic] = { ...topics[topic], [channel]: granted }
  }
  return {
    user_id: userId,
    contact_id: contactId,
    marketing:
      states.find((state) => state.topic === '*' && state.channel === '*')?.granted ?? true,
    channels: of((state) => state.topic === '*' && state.channel !== '*', 'channel'),
    categories: of((state) => state.topic !== '*' && state.channel === '*', 'topic'),
    topics,
    updated_at: states.length > 0 ? new Date(newest).toISOString() : null,
  }
}

/** Records what differs from the last word. */
export async function setPreferences(
  sql: Sql,
  workspaceId: string,
  { contactId, wishes, source }: { contactId: string; wishes: readonly Wish[]; source: string },
  now: Date,
): Promise<void> {
  const states = await listConsentStates(sql, workspaceId, contactId)
  const said = new Map(states.map((state) => [`${state.channel} ${state.topic}`, state.granted]))
  const changes = wishes
    .filter((wish) => said.get(`${wish.channel} ${wish.topic}`) !== wish.granted)
    .map((wish): ConsentInput => ({ ...wish, contactId, source, proof: {} }))
  await recordConsents(sql, workspaceId, changes, now)
}

export function unsubscribeWish({ channel, category }: UnsubscribeInput): Wish {
  return { topic: category ?? '*', channel: channel ?? '*', granted: false }
}
