/** Messages that break whatever touches them, at the head of a queue of good ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../helpers/api.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const GOOD = 2_000
const PATIENCE_MS = 60_000

const world = await serverWorld()

/** Contents that are fine in themselves, and variables that make something else of them. */
const poisons: Record<string, { content: object; variables: object }> = {
  'a NUL in a link': {
    content: { html: '<a href="https://shop.example/{{ v | url_decode }}">x</a>' },
    variables: { v: 'a%00b' },
  },
  'half a character in a link': {
    content: { html: '<a href="https://shop.example/{{ v | slice: 0, 1 }}">x</a>' },
    variables: { v: '😀' },
  },
  'a NUL in the subject': {
    content: { subject: 'Hello {{ v | url_decode }}', html: '<p>x</p>' },
    variables: { v: 'a%00b' },
  },
  'line breaks in the subject': {
    content: { subject: 'Hello {{ v | url_decode }}', html: '<p>x</p>' },
    variables: { v: 'a%0d%0aBcc: all@example.org' },
  },
  'a NUL in the text': {
    content: { html: '<p>{{ v | url_decode }}</p>' },
    variables: { v: 'a%00b' },
  },
  'bytes that are no text': {
    content: { html: '<p>{{ v | url_decode }}</p>' },
    variables: { v: '%ED%A0%80%FF' },
  },
  'a division by zero': {
    content: { html: '<p>{{ 1 | divided_by: v }}</p>' },
    variables: { v: 0 },
  },
  'a loop without end': {
    content: {
      html: '{% for a in (1..9999999) %}{% for b in (1..9999999) %}{{ v }}{% endfor %}{% endfor %}',
    },
    variables: { v: 'x' },
  },
  'a link of 100 KB': {
    content: { html: '<a href="https://shop.example/{{ v }}">x</a>' },
    variables: { v: 'a'.repeat(100_000) },
  },
  'a list where text belongs': {
    content: {
      subject: '{{ v }}',
      html: '<a href="{{ v }}">{{ v | upcase | split: "," | first }}</a>',
    },
    variables: { v: [[], {}, null, [['x']]] },
  },
}

/** What no request can bring about, but a database can hold. */
const corruptions: Record<string, string> = {
  'a version that is not there': 'template_version = 99',
  'an address that is none': `address = E'a@b.example\\r\\nRCPT TO:<c@d.example>'`,
  'an address of control characters': `address = E'\\x01\\x02@\\x7f'`,
  'variables that are a list': `variables = '[1,2]'`,
  'a locale that is none': `locale = E'x\\ny'`,
}

test('R14', async (t) => {
  const server = await world.start()
  const call = api(() => server.url, KEY)
  const bad = new Map<string, string>()
  const templates: string[] = []
  for (const [name, { content }] of Object.entries(poisons)) {
    const body = { name, channel: 'email', subject: 'Poison', variables: ['v'], ...content }
    const { status, json } = await call('POST', '/templates', body)
    assert.equal(status, 201, `${name}: ${JSON.stringify(json)}`)
    templates.push(json.id)
  }
  // Due in a while, so that all of them come before the good ones and can be spoilt in peace.
  const due = new Date(Date.now() + 3_600_000).toISOString()
  const poisoned = Object.entries(poisons).map(([name, { variables }], at) => ({
    ...{ to: `bad${at}@example.org`, channel: 'email', category: 'poison', scheduled_at: due },
    ...{ template_id: name, template_variables: variables },
  }))
  const corrupt = Object.keys(corruptions).map((_, at) => ({
    ...{ to: `spoilt${at}@example.org`, channel: 'email', category: 'poison', scheduled_at: due },
    ...{ template_id: templates[4], template_variables: { v: 'x' } },
  }))
  const { json, status } = await call('POST', '/notifications', [...poisoned, ...corrupt])
  assert.equal(status, 202, JSON.stringify(json))
  const names = [...Object.keys(poisons), ...Object.keys(corruptions)]
  for (const [at, { id }] of json.data.entries()) bad.set(id, names[at] ?? '')
  for (const [at, change] of Object.values(corruptions).entries()) {
    await world.db.engine.unsafe(
      `update messages set ${change} where id = '${json.data[poisoned.length + at].id}'`,
    )
  }
  const good: string[] = []
  for (let at = 0; at < GOOD; at += 1_000) {
    const batch = Array.from({ length: 1_000 }, (_, n) => ({
      ...{ to: `good${at + n}@example.org`, channel: 'email', subject: 'Good', message: 'Good.' },
      scheduled_at: due,
    }))
    good.push(
      ...(await call('POST', '/notifications', batch)).json.data.map(
        (row: { id: string }) => row.id,
      ),
    )
  }
  await world.db
    .engine`update messages set due_at = now(), expires_at = now() + '1 day' where status = 'scheduled'`
  await world.db.engine`update lanes set next_due = now(), touched = touched + 1`
  const begun = performance.now()

  const arrived = async () => new Set((await world.sink.arrivals()).map(idOf))
  await until(
    'the good ones',
    async () => {
      const ids = await arrived()
      return good.every((id) => ids.has(id))
    },
    PATIENCE_MS,
  )
  const goodMs = Math.round(performance.now() - begun)
  const stuck = await until(
    'the bad ones',
    async () => {
      const rows = await world.db.engine<{ id: string }[]>`
      select id from messages where status in ('scheduled', 'queued', 'sending') and topic = 'poison'
    `
      return rows.count === 0 && rows
    },
    PATIENCE_MS,
  ).catch(() => null)
  const rows = await world.db.engine<
    { id: string; status: string; attempt: number; reason: string | null; detail: string | null }[]
  >`
    select id, status, attempt, reason, detail from messages where topic = 'poison' order by id
  `
  const outcomes = rows.map((row) => ({ ...row, name: bad.get(row.id) }))
  assert.ok(
    stuck,
    `these are stuck: ${JSON.stringify(
      outcomes.filter(({ status }) => !['sent', 'failed'].includes(status)),
      null,
      1,
    )}`,
  )
  const badMs = Math.round(performance.now() - begun)
  for (const { name, status, reason, attempt } of outcomes) {
    assert.ok(['sent', 'failed'].includes(status), `${name}: ${status}`)
    assert.ok(attempt <= 3, `${name}: ${attempt} attempts`)
    if (status === 'failed') assert.ok(reason, `${name}: failed and nobody says why`)
  }
  assert.ok(server.running, server.output())
  assert.equal((await call('GET', '/health')).status, 200)
  const failed = outcomes.filter(({ status }) => status === 'failed')
  t.diagnostic(
    `${bad.size} poisoned messages at the head of ${GOOD}: ${failed.length} failed with their reason, ` +
      `${bad.size - failed.length} were harmless and sent, at most ${Math.max(...outcomes.map(({ attempt }) => attempt))} attempts; ` +
      `the good ones arrived in ${goodMs} ms, the last poison was put aside after ${badMs} ms`,
  )
})
