/** What a contact's timeline can be narrowed to, and repeated events as one line. Pure. */
import type { Row } from '../lib/api.ts'
import { msg } from '../lib/language.ts'
import type { Tone } from '../ui/Badge.tsx'

export type Happening = Row<'/contacts/{id}/timeline'>

const opens = ['message.opened', 'message.clicked', 'email.opened', 'email.open_reclassified']
const answers = [
  ...['message.replied', 'message.received', 'message.auto_replied', 'message.by_hand'],
  'email.received',
]

/** By what the address says. */
export const parts: Readonly<Record<string, readonly [words: string, tone: Tone, names: string]>> =
  {
    messages: [msg('Messages'), 'info', 'message.*'],
    opens: [msg('Opens and clicks'), 'good', opens.join(',')],
    answers: [msg('Answers'), 'good', answers.join(',')],
    consents: [msg('Consents'), 'warn', 'consent.*,message.unsubscribed,message.complained'],
    journeys: [msg('Journeys'), 'info', 'journey.*'],
    systems: [msg('Other systems'), 'plain', 'item.*,email.*,lead.*'],
    contact: [msg('The contact itself'), 'plain', 'contact.*'],
  }

/** The same of the same message, one after the other: the newest of them, and all. */
export interface Line {
  readonly event: Happening
  readonly all: readonly Happening[]
}

const repeated: ReadonlySet<string> = new Set(opens)

export function linesOf(events: readonly Happening[]): readonly Line[] {
  const lines: { event: Happening; all: Happening[] }[] = []
  for (const event of events) {
    const last = lines.at(-1)
    if (last && isRepeated(last.event, event)) last.all.push(event)
    else lines.push({ event, all: [event] })
  }
  return lines
}

const isRepeated = (one: Happening, other: Happening): boolean =>
  repeated.has(other.name) &&
  one.name === other.name &&
  one.message_id === other.message_id &&
  one.properties['email_id'] === other.properties['email_id']
