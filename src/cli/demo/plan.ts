/** What happens on a day of the demo: who gets what at which minute, and what they do with it. Pure. */
import type { ReceiptKind } from '../../channels/provider.ts'
import { joinedAt, knownAt, REGULARS } from './joined.ts'
import { type Person, people } from './people.ts'
import { type Chance, createChance } from './random.ts'
import { salesSubjects, shortTexts } from './texts.ts'

const DAYS = 90 // and the day on which it is made, up to then
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const FIRST_HOUR = 7 // of a working day, UTC
const ROUNDS = 10 // times a day at which something is sent
const LETTER_DAYS = 14 // between two newsletters
const LETTER_AT = 5 // the first one's day
const SEASON = 26 // orders of a quiet working day

export interface Reaction {
  readonly kind: ReceiptKind
  readonly at: Date
  readonly detail?: string
}

export interface PlannedMessage {
  readonly person: Person
  /** As POST /notifications takes it. */
  readonly request: Readonly<Record<string, unknown>>
  /** What the sandbox answers; null: it takes the message. */
  readonly refusal: 'failed' | 'unknown' | null
  readonly durationMs: number
  readonly reactions: readonly Reaction[]
}

export interface Round {
  readonly at: Date
  readonly messages: readonly PlannedMessage[]
}

export interface SalesMail {
  readonly id: string
  readonly person: Person
  readonly subject: string
  readonly sentAt: Date
  readonly opens: readonly { readonly at: Date; readonly machine: boolean }[]
  readonly answeredAt: Date | null
}

export interface Day {
  readonly date: string
  readonly rounds: readonly Round[]
  readonly sales: readonly SalesMail[]
  readonly orders: readonly { readonly person: Person; readonly at: Date; readonly total: number }[]
}

/** The days of a demo that was begun at `begun`, the oldest first. */
export function daysOf(begun: Date): readonly Day[] {
  const first = +startOf(begun)
  const joined = joiningsOf(begun)
  return Array.from({ length: DAYS + 1 }, (_, at) =>
    dayOf(first + at * DAY_MS, at, { begun, joined }),
  )
}

/** When each of `people` came. */
export const joiningsOf = (begun: Date) => joinedAt(startOf(begun), begun)

const startOf = (begun: Date) => new Date((Math.floor(+begun / DAY_MS) - DAYS) * DAY_MS)

interface Past {
  readonly begun: Date
  readonly joined: readonly Date[]
}

function dayOf(startMs: number, at: number, { begun, joined }: Past): Day {
  const chance = createChance(at + 1)
  const weekend = [0, 6].includes(new Date(startMs).getUTCDay())
  const busy = (weekend ? 0.35 : 1) * (0.7 + 0.6 * (at / DAYS)) // it grows
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const when = new Date(
      startMs + (FIRST_HOUR + round * 1.3) * HOUR_MS + chance.below(40) * MINUTE_MS,
    )
    const letter =
      round === 2 && at % LETTER_DAYS === LETTER_AT ? 1 + Math.floor(at / LETTER_DAYS) : null
    const many = Math.max(1, Math.round((SEASON * 2 * busy * (0.6 + chance.next() * 0.8)) / ROUNDS))
    const known = knownAt(joined, when)
    const single = Array.from({ length: many }, () => singleTo(chance.of(known), chance))
    const wanted = letter === null ? single : [...single, ...letterTo(known, letter)]
    return { at: when, messages: wanted.map((each) => played(each, when, begun, chance)) }
  })
  const past = rounds.filter((round) => round.at < begun)
  const sales = Array.from({ length: weekend ? 2 : 14 }, (_, n) =>
    salesMail(`${at}-${n}`, startMs, chance),
  )
  return {
    date: new Date(startMs).toISOString().slice(0, 10),
    rounds: past,
    sales: sales.filter(({ sentAt }) => sentAt < begun).map((mail) => upTo(mail, begun)),
    orders: past.map((round) => ({
      person: chance.of(knownAt(joined, round.at)),
      at: round.at,
      total: 20 + chance.below(180),
    })),
  }
}

type Wanted = Pick<PlannedMessage, 'person' | 'request'>

function singleTo(person: Person, chance: Chance): Wanted {
  const { externalId: recipient_id, name, locale } = person
  const shared = { recipient_id, locale }
  if (chance.happens(0.16)) {
    const [template_id, category] = ['welcome', 'onboarding']
    return {
      person,
      request: { ...shared, channel: 'email', template_id, category, template_variables: { name } },
    }
  }
  if (chance.happens(0.28)) {
    const channel = chance.happens(0.6) ? 'whatsapp' : 'sms'
    return {
      person,
      request: { ...shared, channel, message: chance.of(shortTexts[locale]), category: 'orders' },
    }
  }
  const order = `A-${1_000 + chance.below(9_000)}`
  const template_variables = { name, order }
  return {
    person,
    request: {
      ...shared,
      channel: 'email',
      template_id: 'order-confirmed',
      category: 'orders',
      template_variables,
    },
  }
}

function letterTo(readers: readonly Person[], issue: number): readonly Wanted[] {
  return readers.map((person) => {
    const { externalId: recipient_id, name, locale } = person
    const template_variables = { name, issue: String(issue) }
    const category = 'newsletter'
    return {
      person,
      request: {
        recipient_id,
        locale,
        channel: 'email',
        template_id: 'newsletter',
        category,
        template_variables,
      },
    }
  })
}

/** What becomes of it. Nothing happens after the moment at which the demo is made. */
function played(wanted: Wanted, sentAt: Date, begun: Date, chance: Chance): PlannedMessage {
  const refusal = chance.happens(0.006) ? 'failed' : chance.happens(0.0015) ? 'unknown' : null
  const durationMs = 40 + chance.below(400)
  const reactions = refusal ? [] : reactionsTo(wanted, sentAt, chance)
  return { ...wanted, refusal, durationMs, reactions: reactions.filter(({ at }) => at < begun) }
}

function reactionsTo(
  { person, request }: Wanted,
  sentAt: Date,
  chance: Chance,
): readonly Reaction[] {
  const after = (ms: number) => new Date(+sentAt + ms)
  const email = request['channel'] === 'email'
  const letter = request['category'] === 'newsletter'
  if (chance.happens(0.003))
    return [{ kind: 'bounced', at: after(4_000), detail: '550 5.1.1 No such user' }]
  const found: Reaction[] = [{ kind: 'delivered', at: after(1_500 + chance.below(6_000)) }]
  if (request['channel'] === 'sms') return found
  if (email && chance.happens(0.12))
    found.push({ kind: 'opened', at: after(8_000), detail: 'machine' })
  if (!chance.happens(person.interest * (letter ? 0.6 : 0.85))) return found
  const openedMs = (2 + chance.next() ** 3 * 2_000) * MINUTE_MS // most within hours, some after a day
  found.push({ kind: 'opened', at: after(openedMs) })
  if (email && chance.happens(0.3)) found.push({ kind: 'clicked', at: after(openedMs + 40_000) })
  if (chance.happens(0.05)) found.push({ kind: 'replied', at: after(openedMs + 20 * MINUTE_MS) })
  if (letter && chance.happens(0.012))
    found.push({ kind: 'unsubscribed', at: after(openedMs + 60_000) })
  if (letter && chance.happens(0.001))
    found.push({ kind: 'complained', at: after(openedMs + 90_000) })
  return found
}

function salesMail(id: string, startMs: number, chance: Chance): SalesMail {
  const person = chance.of(people.slice(0, REGULARS))
  const sentAt = new Date(startMs + (8 + chance.next() * 9) * HOUR_MS)
  const times = chance.happens(person.interest) ? 1 + chance.below(4) : 0
  const opens = Array.from({ length: times }, (_, n) => ({
    at: new Date(+sentAt + (3 + n * 95 + chance.next() ** 2 * 1_500) * MINUTE_MS),
    machine: chance.happens(0.1),
  }))
  const [read] = opens
  const answeredAt = read && chance.happens(0.15) ? new Date(+read.at + 2 * HOUR_MS) : null
  return { ...{ id, person, sentAt, opens, answeredAt }, subject: chance.of(salesSubjects) }
}

function upTo(mail: SalesMail, end: Date): SalesMail {
  const { opens, answeredAt } = mail
  return {
    ...mail,
    opens: opens.filter(({ at }) => at < end),
    answeredAt: answeredAt && answeredAt < end ? answeredAt : null,
  }
}
