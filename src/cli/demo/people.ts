/**
 * The people of the demo. All invented, and so that everybody sees it: surnames that mean "example",
 * addresses at example.com (RFC 2606) and North American numbers that are kept for fiction (555-01xx).
 */
import type { ContactInput } from '../../contacts/schema.ts'

export interface Person {
  readonly externalId: string
  readonly name: string
  readonly locale: 'en' | 'he'
  readonly email: string
  readonly phone: string
  readonly company: string
  readonly plan: string
  /** How readily this one opens mail: 0 to 1. */
  readonly interest: number
}

const PEOPLE = 240

const first = {
  en: [
    'Ada',
    'Ben',
    'Cleo',
    'Dario',
    'Elin',
    'Femi',
    'Greta',
    'Hugo',
    'Ines',
    'Jonas',
    'Kira',
    'Luca',
  ],
  he: ['נועה', 'דנה', 'יואב', 'תמר', 'איתי', 'מאיה', 'עומר', 'שירה'],
} as const
const last = {
  en: ['Sample', 'Example', 'Muster', 'Specimen', 'Placeholder', 'Modello', 'Exemple', 'Voorbeeld'],
  he: ['דוגמה', 'לדוגמה', 'פלונית', 'אלמוני'],
} as const
const companies = [
  'Sample Orchards',
  'Example Cycles',
  'Muster & Partner',
  'Specimen Foods',
  'Placeholder Press',
  'Fictional Freight',
  'Invented Interiors',
  'Pretend Printing',
] as const
const plans = ['free', 'team', 'pro'] as const
const areas = [202, 303, 404, 505, 606, 707] as const

export const people: readonly Person[] = Array.from({ length: PEOPLE }, (_, at) => personOf(at))

function personOf(at: number): Person {
  const locale = at % 4 === 3 ? 'he' : 'en'
  const name = `${pick(first[locale], at)} ${pick(last[locale], Math.floor(at / 5))}`
  return {
    ...{ externalId: `demo-${at + 1}`, name, locale },
    email: `demo.person${at + 1}@example.com`,
    phone: `+1${pick(areas, Math.floor(at / 100))}55501${String(at % 100).padStart(2, '0')}`,
    company: pick(companies, Math.floor(at / 3)),
    plan: pick(plans, at),
    interest: 0.2 + 0.7 * (((at * 7_919) % 101) / 100),
  }
}

export const inputOf = ({
  externalId,
  name,
  locale,
  email,
  phone,
  company,
  plan,
}: Person): ContactInput => ({
  ...{ external_id: externalId, name, locale, email, phone },
  time_zone: locale === 'he' ? 'Asia/Jerusalem' : 'Europe/London',
  tags: ['demo', plan],
  traits: { company, plan },
})

function pick<T>(list: readonly T[], at: number): T {
  return list[at % list.length]!
}
