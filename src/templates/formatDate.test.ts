import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Liquid } from 'liquidjs'
import { compile } from './compile.ts'

const directives = 'a A b B h C d e H I j k l L m M N p P q s S u U w W y Y z t n % %'.split(' ')
const flags = ['', '-', '_', '0', '^', '#', '5', '-3', ':']
const dates = [
  '2026-01-01T00:00:00Z',
  '2024-02-29T23:59:59.123Z',
  '2025-12-31T12:30:00Z',
  '1999-11-09T03:04:05Z',
  1_700_000_000,
  '1700000000',
]

test('every directive and flag prints what LiquidJS prints', () => {
  const liquid = new Liquid({ timezoneOffset: 0, locale: 'en-US' })
  const format = directives.flatMap((code) => flags.map((flag) => `%${flag}${code}`)).join('|')
  for (const date of dates) {
    const source = `{{ d | date: "${format}" }}~{{ d | date }}`
    const ours = compile(source, { escape: 'none', timeZone: 'UTC', locale: 'en-US' }).render({
      d: date,
    })
    assert.equal(ours, liquid.parseAndRenderSync(source, { d: date }))
  }
})

function show(date: unknown, format: string, options: { timeZone?: string; locale?: string } = {}) {
  return compile(`{{ d | date: "${format}" }}`, { escape: 'none', ...options }).render({ d: date })
}

const rows: readonly [what: string, shown: string, expected: string][] = [
  [
    'an instant is shown in the zone',
    show('2026-07-01T22:30:00Z', '%F %d %H:%M %z %Z', { timeZone: 'Europe/Berlin' }),
    '%F 02 00:30 +0200 Europe/Berlin',
  ],
  [
    'winter has its own offset',
    show('2026-01-01T12:00:00Z', '%H:%M %:z', { timeZone: 'America/New_York' }),
    '07:00 -05:00',
  ],
  [
    'half hours too',
    show('2026-01-01T12:00:00Z', '%H:%M %z', { timeZone: 'Asia/Kolkata' }),
    '17:30 +0530',
  ],
  [
    'a date alone stays that date',
    show('2026-03-01', '%Y-%m-%d', { timeZone: 'America/New_York' }),
    '2026-03-01',
  ],
  [
    'a wall time stays that time',
    show('2026-03-01 10:00', '%H:%M', { timeZone: 'Asia/Tokyo' }),
    '10:00',
  ],
  ['names are in the language', show('2026-03-01', '%A %B', { locale: 'es' }), 'domingo marzo'],
  ['what is no date stays as it is', show('soon', '%Y'), 'soon'],
  ['nothing stays nothing', show(null, '%Y'), ''],
]
for (const [what, shown, expected] of rows)
  test(`dates: ${what}`, () => assert.equal(shown, expected))

test('a width beyond reason is refused, and so is a zone that does not exist', () => {
  assert.throws(() => show('2026-03-01', '%999999999d'), /at most 100 characters wide/)
  assert.throws(
    () => show('2026-03-01T00:00:00Z', '%d', { timeZone: 'Mars/Olympus' }),
    /no such time zone/,
  )
})

test('now is now', () => {
  const year = Number(show('now', '%Y'))
  assert.ok(Math.abs(year - new Date().getUTCFullYear()) <= 1)
})
