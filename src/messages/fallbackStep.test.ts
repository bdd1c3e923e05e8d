import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stepOf } from './fallbackStep.ts'
import { EXPIRY_GIVEN } from './flags.ts'
import type { Unless } from './schema.ts'
import type { Fallback } from './store/fallbacks.ts'
import type { MessageRow } from './store/read.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const at = (minutes: number) => new Date(+NOW + minutes * 60_000)
const fallback = (unless: Unless): Fallback => ({
  ...{ workspaceId: 'w', messageId: 'm', channel: 'email', afterSeconds: 600, unless },
})
/** Sent long ago and not heard of, but for what a case says. */
const message = (facts: Partial<MessageRow>) =>
  ({
    ...{ status: 'sent', channel: 'email', routing: [{ channel: 'sms' }], flags: 0, attempt: 1 },
    ...{
      createdAt: at(-30),
      sentAt: at(-20),
      settledAt: at(-20),
      dueAt: at(-30),
      expiresAt: at(60),
    },
    ...facts,
  }) as MessageRow // what the decision looks at

type Case = [facts: Partial<MessageRow>, step: string | Date, also?: { able?: false; seen?: true }]
const waits = { status: 'queued', sentAt: null, attempt: 0 } as const
const given = { flags: EXPIRY_GIVEN, expiresAt: at(-1) }
const cases: readonly Case[] = [
  [{}, 'again'],
  [{ status: 'unknown' }, 'again'],
  [{ sentAt: at(-5) }, at(5)],
  [{ status: 'delivered' }, 'done'],
  [{ status: 'delivered' }, 'again', { seen: true }],
  [{ status: 'bounced', sentAt: at(-1) }, 'again'],
  [{ status: 'failed' }, 'again'],
  [{ status: 'failed', sentAt: null }, 'done'],
  [{ status: 'cancelled' }, 'done'],
  [{ status: 'sending' }, new Date(+NOW + 2_000)],
  [{ routing: null }, 'done'],
  [{ channel: 'sms' }, at(10)],
  [given, 'over'],
  [{ ...waits, ...given }, 'done'],
  [waits, at(10)],
  [waits, 'instead', { able: false }],
  [{ ...waits, attempt: 2 }, 'instead'],
  [{ ...waits, status: 'scheduled', dueAt: at(20) }, at(30), { able: false }],
  [{ ...waits, status: 'held', dueAt: at(600) }, at(60)],
  [{ ...waits, status: 'held', dueAt: at(-1) }, 'instead', { able: false }],
]

for (const [facts, step, { able = true, seen = false } = {}] of cases)
  test(`${JSON.stringify(facts)} ${able ? '' : 'of a sender that cannot work '}is ${step}`, () => {
    const what = stepOf(fallback(seen ? 'seen' : 'delivered'), message(facts), able, NOW)
    assert.deepEqual(what, step)
  })
