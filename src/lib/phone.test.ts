import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PhoneFault, phoneFaults, toE164 } from './phone.ts'

const good: [input: string, country: string | null, number: string][] = [
  ['+972501234567', null, '+972501234567'],
  ['050-123-4567', 'IL', '+972501234567'],
  ['0501234567', 'il', '+972501234567'],
  ['972501234567', 'IL', '+972501234567'],
  ['00972501234567', 'IL', '+972501234567'],
  ['\u202a+972 50-123-4567\u202c', 'US', '+972501234567'],
  ['(212) 555-2368', 'US', '+12125552368'],
  ['+44 20 7946 0018', 'US', '+442079460018'],
  ['+972 (0)50 123 4567', null, '+972501234567'],
  ['03-6123456', 'IL', '+97236123456'],
  ['٠٥٠١٢٣٤٥٦٧', 'IL', '+972501234567'],
]

for (const [input, country, number] of good) {
  test(`${input} in ${country} is ${number}`, () => {
    assert.deepEqual(toE164(input, country), { ok: true, number })
  })
}

const bad: [input: string, country: string | null, reason: PhoneFault][] = [
  ['', 'IL', 'empty'],
  ['  \u200f ', 'IL', 'empty'],
  ['0501234567', null, 'unknown_country'],
  ['0501234567', 'XX', 'unknown_country'],
  ['+9991234567', 'IL', 'unknown_country'],
  ['ask Ada', 'IL', 'not_a_number'],
  ['call 0501234567 now', 'IL', 'not_a_number'],
  ['0', 'IL', 'too_short'],
  ['*1234', 'IL', 'not_a_number'],
  ['+97250', 'IL', 'wrong_form'],
  ['0501234567890123', 'IL', 'wrong_form'],
  ['+123456789012345678901', null, 'too_long'],
  ['0991234', 'IL', 'wrong_form'],
  ['+1 000 000 0000', null, 'wrong_form'],
  ['1'.repeat(65), 'IL', 'too_long'],
  ['1'.repeat(1_000_000), 'IL', 'too_long'],
]

for (const [input, country, reason] of bad) {
  test(`${JSON.stringify(input.slice(0, 30))} in ${country} is refused: ${reason}`, () => {
    assert.deepEqual(toE164(input, country), { ok: false, reason })
    assert.ok(phoneFaults[reason].length > 0)
  })
}
