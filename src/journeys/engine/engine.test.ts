import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testJourneys } from '../../../test/helpers/journeys.ts'
import { until } from '../../../test/helpers/until.ts'
import { merge } from '../../contacts/merge.ts'
import { inWorkspace } from '../../db/db.ts'
import { Misconfigured, Retryable } from '../../errors.ts'
import { recordEvents } from '../../events/record.ts'
import { eraseRuns } from '../forget.ts'
import { retryRun } from '../retryRun.ts'

const database = await testDatabase()
const { clock, db } = database
const world = await testJourneys(database)
const { engine, workspaceId } = world

test('An event begins a run that sends, waits, branches, acts and ends', async () => {
  const acted: unknown[] = []
  world.act = async (_, connector, action, params) => {
    acted.push({ connector, action, params })
    return { status: 'sent' }
  }
  const journey = await world.add({
    name: 'welcome',
    trigger: { events: ['item.created'] },
    steps: [
      {
        id: 'hello',
        type: 'send',
        channel: 'email',
        content: { subject: 'Hi {{ contact.name }}', text: 'Number {{ event.item_id }}' },
      },
      { id: 'day', type: 'wait', hours: 24 },
      {
        id: 'which',
        type: 'branch',
        cases: [{ when: { field: 'event.item_id', is: 'equals', value: 7 }, goto: 'mark' }],
        else: null,
      },
      {
        id: 'mark',
        type: 'act',
        connector: 'crm',
        action: 'set_status',
        params: { item: '{{ event.item_id }}' },
      },
      { id: 'out', type: 'exit', reason: 'it is {{ steps.mark.status }}' },
    ],
  })
  const contactId = await world.addContact('ada', 'Ada', 'ada@example.org')
  await world.record('item.created', { contactId, properties: { item_id: 7 } })
  await engine.runOnce()

  const [run] = await world.runs(journey)
  assert.equal(run?.status, 'waiting')
  assert.equal(run?.step, 'day')
  const [message] = await world.messages()
  assert.deepEqual([message?.address, message?.contactId], ['ada@example.org', contactId])
  assert.deepEqual(acted, [])

  clock.forward({ hours: 24 })
  await engine.runOnce()
  assert.deepEqual(acted, [{ connector: 'crm', action: 'set_status', params: { item: 7 } }])
  const [after] = await world.runs(journey)
  assert.deepEqual([after?.status, after?.exitReason, after?.step], ['exited', 'it is sent', null])
  assert.deepEqual(await world.counts(journey), {
    hello: [1, 1],
    day: [1, 1],
    which: [1, 1],
    mark: [1, 1],
    out: [1, 1],
  })
})

test('A reply ends the run, and the message that waits does not go', async () => {
  const journey = await world.add({
    name: 'reply',
    trigger: { events: ['lead.created'] },
    steps: [
      {
        id: 'note',
        type: 'send',
        channel: 'email',
        window: { from: '22:00', until: '23:00' },
        content: { subject: 's', text: 't' },
      },
      { id: 'day', type: 'wait', hours: 24 },
    ],
  })
  const contactId = await world.addContact('bob', 'Bob', 'bob@example.org')
  await world.record('lead.created', { contactId })
  await engine.runOnce()
  const messageId = (await world.runs(journey))[0]?.results['note'] as { message_id: string }
  assert.equal(await world.statusOf(messageId.message_id), 'held')

  await world.record('message.replied', { contactId, properties: { kind: 'auto' } })
  await engine.runOnce()
  assert.equal((await world.runs(journey))[0]?.status, 'waiting')

  await world.record('message.replied', { contactId })
  await engine.runOnce()
  const [run] = await world.runs(journey)
  assert.deepEqual([run?.status, run?.exitReason], ['exited', 'human intervention'])
  assert.equal(await world.statusOf(messageId.message_id), 'cancelled')
})

test('Who was merged into another while a run of theirs waits still ends it by an answer', async () => {
  const journey = await world.add({
    name: 'merged',
    trigger: { events: ['lead.merged'] },
    exit_on: [
      { event: 'order.placed', where: { field: 'contact.name', is: 'equals', value: 'Ann Kept' } },
    ],
    steps: [{ id: 'day', type: 'wait', hours: 24 }],
  })
  const keptId = await world.addContact('ann-kept', 'Ann Kept', 'ann@example.org')
  const endings: unknown[] = []
  for (const name of ['message.replied', 'order.placed']) {
    const duplicateId = await world.addContact(`ann-${name}`, 'Ann', `${name}@example.org`)
    await world.record('lead.merged', { contactId: duplicateId })
    await engine.runOnce()
    await database.db.engine.begin((tx) =>
      merge(tx, world.workspaceId, { keptId, duplicateId }, clock.now()),
    )
    await world.record(name, { contactId: keptId })
    await engine.runOnce()
    const run = (await world.runs(journey)).at(-1)
    endings.push([run?.status, run?.exitReason])
  }
  assert.deepEqual(endings, [
    ['exited', 'human intervention'],
    ['exited', 'order.placed'],
  ])
})

test('Whoever an earlier one was merged into has been in the journey, and is in it as they are', async () => {
  const trigger = { events: ['family.wanted'] }
  const steps = [{ id: 'day', type: 'wait', hours: 24 }]
  const journeys: string[] = []
  for (const re_entry of [
    { policy: 'once' },
    { policy: 'when_not_active' },
    { policy: 'after', days: 3 },
    { policy: 'always' },
  ])
    journeys.push(await world.add({ name: `family-${re_entry.policy}`, trigger, re_entry, steps }))
  const [grand, parent, child] = await Promise.all(
    ['a', 'b', 'c'].map((id) => world.addContact(`family-${id}`, id, `family-${id}@example.org`)),
  )
  assert.ok(grand && parent && child)
  const enter = async (contactId: string) => {
    await world.record('family.wanted', { contactId })
    await engine.runOnce()
    return Promise.all(journeys.map(async (id) => (await world.runs(id)).length))
  }
  const into = (keptId: string, duplicateId: string) =>
    database.db.engine.begin((tx) =>
      merge(tx, world.workspaceId, { keptId, duplicateId }, clock.now()),
    )
  assert.deepEqual(await enter(child), [1, 1, 1, 1])
  await into(parent, child)
  await into(grand, parent)
  assert.deepEqual(await enter(grand), [1, 1, 1, 2])
  assert.deepEqual(await enter(child), [1, 1, 1, 3])
  clock.forward({ days: 4 })
  await engine.runOnce()
  assert.deepEqual(await enter(child), [1, 2, 2, 4])
  assert.deepEqual(await enter(grand), [1, 2, 2, 5])
})

test('A call that fails is made again later, and one given up ends the run for a person to see', async () => {
  const journey = await world.add({
    name: 'calls',
    trigger: { events: ['call.wanted'], contact: 'none' },
    steps: [{ id: 'mark', type: 'act', connector: 'crm', action: 'set_status' }],
  })
  let tries = 0
  world.act = async () => {
    tries++
    throw new Retryable('busy', { after: 60 })
  }
  await world.record('call.wanted', {})
  await engine.runOnce()
  const [run] = await world.runs(journey)
  assert.deepEqual([run?.status, run?.attempt, tries], ['active', 1, 1])
  const wait = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      clock.forward({ hours: 1 })
      await engine.runOnce()
    }
  }
  await wait(24)
  assert.equal((await world.runs(journey))[0]?.status, 'active') // a long outage is outlasted
  await wait(70)
  const [after] = await world.runs(journey)
  assert.deepEqual(
    [after?.status, after?.attention, after?.exitReason],
    ['failed', true, 'call_failed'],
  )
  assert.ok(tries > 70)
})

test('A call that a run can do without is given up after half an hour', async () => {
  const journey = await world.add({
    name: 'optional',
    trigger: { events: ['note.wanted'], contact: 'none' },
    steps: [
      { id: 'note', type: 'act', connector: 'crm', action: 'add_note', on_error: 'continue' },
      { id: 'out', type: 'exit', reason: '{{ steps.note.error }}' },
    ],
  })
  world.act = () => Promise.reject(new Retryable('busy'))
  await world.record('note.wanted', {})
  for (let round = 0; round < 12; round++) {
    await engine.runOnce()
    clock.forward({ minutes: 15 })
  }
  const [run] = await world.runs(journey)
  assert.deepEqual([run?.status, run?.exitReason], ['exited', 'busy'])
})

test('A request carries a key by which the other side can tell its repetition, and its answer is a result', async () => {
  const seen: { key: unknown; body: string }[] = []
  const server = createServer(async (request, response) => {
    const { 'idempotency-key': key } = request.headers
    seen.push({ key, body: await text(request) })
    response.writeHead(seen.length === 1 ? 503 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ score: 7 }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  const journey = await world.add({
    name: 'asks',
    trigger: { events: ['score.wanted'], contact: 'none' },
    steps: [
      {
        ...{ id: 'ask', type: 'request', method: 'POST', save_as: 'score' },
        ...{ url: `{{ event.base }}/score`, body: { who: '{{ event.who }}' } },
      },
      { id: 'out', type: 'exit', reason: '{{ steps.ask.status }}: {{ steps.score.body.score }}' },
    ],
  })
  const base = `http://127.0.0.1:${port}`
  await world.record('score.wanted', { properties: { base, who: 'ada' } })
  await engine.runOnce()
  clock.forward({ minutes: 1 })
  await engine.runOnce()
  server.close()
  const [run] = await world.runs(journey)
  assert.deepEqual([run?.status, run?.exitReason], ['exited', '200: 7'])
  assert.deepEqual(
    seen.map(({ body }) => JSON.parse(body)),
    [{ who: 'ada' }, { who: 'ada' }],
  )
  assert.ok(seen[0]?.key)
  assert.equal(seen[0]?.key, seen[1]?.key)
})

test('Whatever a request is answered, its run goes on: escapes as text, nesting without end, megabytes', async () => {
  const answers = [
    String.raw`{"note": "\\u0000 and \\ud800"}`,
    `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    JSON.stringify({ all: 'x'.repeat(900_000) }),
  ]
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(answers[Number(request.url?.slice(1))])
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  const journey = await world.add({
    name: 'odd-answers',
    trigger: { events: ['answer.wanted'], contact: 'none' },
    steps: [
      { id: 'ask', type: 'request', method: 'GET', url: '{{ event.url }}' },
      { id: 'out', type: 'exit', reason: '{{ steps.ask.body.note | default: "no note" }}' },
    ],
  })
  for (const at of answers.keys())
    await world.record('answer.wanted', { properties: { url: `http://127.0.0.1:${port}/${at}` } })
  await engine.runOnce()
  server.close()
  const runs = await world.runs(journey)
  assert.deepEqual(
    runs.map((run) => [run.status, run.exitReason]),
    [
      ['exited', String.raw`\u0000 and \ud800`],
      ['exited', 'no note'],
      ['exited', 'no note'],
    ],
  )
  for (const run of runs) assert.ok(JSON.stringify(run.results).length < 70_000)
})

test('An answer is kept whatever it holds, and a time to wait is believed as a date too', async () => {
  const cited = JSON.stringify({ text: '\\ud83d\\ude00 \\u0000', 'na\0me': 'a\0b \ud83d' })
  const seen: number[] = []
  const server = createServer((_, response) => {
    seen.push(seen.length)
    const inTenMinutes = new Date(Date.now() + 600_000).toUTCString()
    if (seen.length === 1) response.writeHead(503, { 'retry-after': inTenMinutes })
    else response.writeHead(200, { 'content-type': 'application/json' })
    response.end(cited)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  const journey = await world.add({
    name: 'cites',
    trigger: { events: ['words.wanted'], contact: 'none' },
    steps: [
      { id: 'ask', type: 'request', method: 'GET', url: `http://127.0.0.1:${port}/` },
      { id: 'out', type: 'exit', reason: '{{ steps.ask.body.text }}' },
    ],
  })
  await world.record('words.wanted', {})
  await engine.runOnce()
  clock.forward({ minutes: 9 })
  await engine.runOnce()
  assert.equal(seen.length, 1)
  clock.forward({ minutes: 2 })
  await engine.runOnce()
  server.close()
  const [run] = await world.runs(journey)
  assert.deepEqual([run?.status, run?.exitReason], ['exited', '\\ud83d\\ude00 \\u0000'])
})

test('Calls that hang keep neither other journeys nor the calls of other workspaces waiting', async (t) => {
  const steps = [
    { id: 'ask', type: 'act', connector: 'crm', action: 'ask' },
    { id: 'out', type: 'exit', reason: 'asked' },
  ]
  const about = (event: string) => ({ trigger: { events: [event], contact: 'none' } })
  const slow = await world.add({ name: 'slow', ...about('slow.wanted'), steps })
  const plain = await world.add({ name: 'plain', ...about('plain.wanted'), steps: steps.slice(1) })
  const theirs = await testJourneys(database)
  const quick = await theirs.add({ name: 'quick', ...about('quick.wanted'), steps })
  const hanging = Promise.withResolvers<{ done: true }>()
  let calls = 0
  world.act = async (workspaceId) => {
    if (workspaceId !== world.workspaceId) return {}
    calls++
    return hanging.promise
  }
  const started = await world.another()
  t.after(async () => {
    hanging.resolve({ done: true })
    await started.stop()
  })
  await Promise.all(Array.from({ length: 60 }, () => world.record('slow.wanted', {})))
  started.start()
  const many = await until('calls', () => calls >= 50 && calls)
  await world.record('plain.wanted', {})
  await theirs.record('quick.wanted', {})
  started.poke()
  const isOver = async (runs: Promise<{ status: string }[]>) => (await runs)[0]?.status === 'exited'
  await until('the other journey', () => isOver(world.runs(plain)), 20_000)
  await until('the other workspace', () => isOver(theirs.runs(quick)), 20_000)
  assert.equal(calls, many)
  assert.equal((await world.runs(slow)).filter((run) => run.lease !== null).length, many)
  hanging.resolve({ done: true })
  await until('the slow ones', async () =>
    (await world.runs(slow)).every((run) => run.status === 'exited'),
  )
})

test('A journey whose texts cannot be worked out keeps no other one from hearing of an event', async () => {
  const about = { events: ['odd.wanted'], contact: 'none' }
  const out = { id: 'out', type: 'exit', reason: 'fine' }
  const tooLong = '{% for i in (1..20000) %}x{% endfor %}'
  const where = { field: 'event.n', is: 'equals', value: tooLong }
  const none = [
    await world.add({ name: 'odd-key', trigger: { ...about, key: tooLong }, steps: [out] }),
    await world.add({ name: 'odd-where', trigger: { ...about, where }, steps: [out] }),
  ]
  const again = await world.add({
    ...{ name: 'odd-again', trigger: { ...about, key: 'one' }, steps: [out] },
    re_entry: { policy: 'after', days: '{{ event.gap }}' },
  })
  const exit = await world.add({
    ...{ name: 'odd-exit', trigger: { events: ['odd.begun'], contact: 'none', key: 'one' } },
    ...{
      exit_on: [{ event: 'odd.wanted', where }],
      steps: [{ id: 'w', type: 'wait', hours: 3 }, out],
    },
  })
  const good = await world.add({ name: 'good', trigger: about, steps: [out] })
  await world.record('odd.begun', {})
  await engine.runOnce()
  for (let n = 0; n < 2; n++) await world.record('odd.wanted', { properties: { n } })
  await engine.runOnce()
  const stateOf = async (id: string) =>
    (await world.runs(id)).map(({ status, exitReason }) => `${status} ${exitReason}`)
  for (const id of none) assert.deepEqual(await stateOf(id), [])
  assert.deepEqual(await stateOf(good), ['exited fine', 'exited fine'])
  assert.deepEqual(await stateOf(again), ['exited fine'])
  assert.deepEqual(await stateOf(exit), ['failed step_failed'])
})

test('What one run thinks over at once is bounded, however many conditions it has', async () => {
  const slow =
    '{% for i in (1..9900) %}{{ event.n | plus: i | times: 2 | modulo: 7 | plus: 1 | minus: 3 | abs | round }}{% endfor %}'
  const when = { field: 'event.n', is: 'equals', value: slow }
  const journey = await world.add({
    name: 'thinker',
    trigger: { events: ['thought.wanted'], contact: 'none' },
    steps: [
      {
        ...{ id: 'which', type: 'branch', else: null },
        cases: Array.from({ length: 50 }, () => ({
          when: { all: [{ not: when }, when] },
          goto: null,
        })),
      },
    ],
  })
  await world.record('thought.wanted', { properties: { n: 1 } })
  await engine.runOnce()
  const [run] = await world.runs(journey)
  assert.equal(run?.status, 'failed')
  assert.match(run?.detail ?? '', /take too long/)
})

test('The same event twice begins one run; with once, nobody enters again', async () => {
  const journey = await world.add({
    name: 'once',
    trigger: { events: ['order.placed'], contact: 'none', key: '{{ event.order }}' },
    re_entry: { policy: 'once' },
    steps: [{ id: 'w', type: 'wait', minutes: 1 }],
  })
  for (const order of ['a', 'a', 'b']) await world.record('order.placed', { properties: { order } })
  await engine.runOnce()
  clock.forward({ minutes: 2 })
  await engine.runOnce()
  await world.record('order.placed', { properties: { order: 'a' } })
  await engine.runOnce()
  const runs = await world.runs(journey)
  assert.deepEqual(runs.map((run) => [run.key, run.status]).sort(), [
    ['a', 'done'],
    ['b', 'done'],
  ])
})

test('A wait for an event goes on with it, or when its time is over', async () => {
  const journey = await world.add({
    name: 'listens',
    trigger: { events: ['cart.left'] },
    steps: [
      {
        id: 'bought',
        type: 'wait_for',
        event: 'order.paid',
        for: { hours: 2 },
        on_event: 'thanks',
        on_timeout: 'lost',
      },
      { id: 'thanks', type: 'exit', reason: 'bought {{ steps.bought.event.total }}' },
      { id: 'lost', type: 'exit', reason: 'lost' },
    ],
  })
  const one = await world.addContact('c1', 'C', 'c1@example.org')
  const two = await world.addContact('c2', 'C', 'c2@example.org')
  for (const contactId of [one, two]) await world.record('cart.left', { contactId })
  await engine.runOnce()
  clock.forward({ hours: 1 })
  await world.record('order.paid', { contactId: one, properties: { total: 5 } })
  await engine.runOnce()
  clock.forward({ hours: 1 })
  await engine.runOnce()
  const reasons = (await world.runs(journey)).map((run) => [run.contactId, run.exitReason])
  assert.deepEqual(
    new Map(reasons as [string, string][]),
    new Map([
      [one, 'bought 5'],
      [two, 'lost'],
    ]),
  )
})

test('A message under a key is changed in place while its time lasts', async () => {
  const journey = await world.add({
    name: 'alerts',
    trigger: { events: ['mail.opened'], contact: 'none' },
    steps: [
      {
        id: 'alert',
        type: 'send',
        channel: 'discord',
        to: 'destination',
        content: { title: 'Opened', text: '{{ event.n }} times' },
        update: { key: '{{ event.mail }}', within_minutes: 30 },
      },
    ],
  })
  for (const n of [1, 2]) await world.record('mail.opened', { properties: { mail: 'x', n } })
  await engine.runOnce()
  clock.forward({ minutes: 31 })
  await world.record('mail.opened', { properties: { mail: 'x', n: 3 } })
  await engine.runOnce()
  const ids = (await world.runs(journey)).map(
    (run) => (run.results['alert'] as { message_id: string }).message_id,
  )
  assert.equal(ids.length, 3)
  assert.equal(new Set(ids).size, 2)
})

test('A run that failed is taken up again where it stood, unless its place is taken', async () => {
  const journey = await world.add({
    name: 'mended',
    trigger: { events: ['case.opened'], contact: 'none', key: '{{ event.n }}' },
    steps: [
      { id: 'first', type: 'act', connector: 'monday', action: 'read_status', params: {} },
      { id: 'second', type: 'wait', minutes: 5 },
    ],
  })
  world.act = () => Promise.reject(new Misconfigured('The token has expired.'))
  for (const n of [1, 2]) await world.record('case.opened', { properties: { n } })
  await engine.runOnce()
  const all = await world.runs(journey)
  assert.deepEqual(
    all.map(({ status, attention, failedStep }) => [status, attention, failedStep]),
    all.map(() => ['failed', true, 'first']),
  )
  world.act = () => Promise.resolve({ status: 'new' })
  await world.record('case.opened', { properties: { n: 2 } })
  await engine.runOnce()
  const retry = (id: string) =>
    db.engine.begin((tx) => retryRun(tx, workspaceId, id, { now: clock.now() }))
  const [one, two] = [1, 2].map((n) => all.find(({ key }) => key === String(n))!)
  await assert.rejects(retry(two!.id), { code: 'conflict' })
  await retry(one!.id)
  await retry(one!.id)
  await engine.runOnce()
  const [after] = (await world.runs(journey)).filter(({ id }) => id === one!.id)
  assert.deepEqual(
    [after?.status, after?.step, after?.attention, after?.results['first']],
    ['waiting', 'second', false, { status: 'new' }],
  )
})

test('What was not sent is written anew when its run is taken up again, which goes on where it stood', async () => {
  const journey = await world.add({
    name: 'resent',
    settings: { words: { title: 'Words', default: 'first' } },
    trigger: { events: ['lead.added'], key: '{{ event.n }}' },
    steps: [
      { ...{ id: 'hello', type: 'send', channel: 'email' }, content: { subject: 's', text: 't' } },
      { id: 'noted', type: 'act', connector: 'monday', action: 'read_status', params: {} },
      { ...{ id: 'gone', type: 'wait_for', event: 'message.sent', for: { days: 7 } } },
      { id: 'day', type: 'wait', hours: 24 },
    ],
  })
  let acts = 0
  world.act = async () => ({ acts: ++acts })
  const contactId = await world.addContact('resent', 'Ada', 'ada@resent.example')
  const enter = async (n: number) => {
    await world.record('lead.added', { contactId, properties: { n } })
    await engine.runOnce()
  }
  const runOf = async (n: number) =>
    (await world.runs(journey)).find(({ key }) => key === String(n))!
  const sends = (runId: string) => db.engine`
    select m.id, m.status, m.detail from journey_sends s
    join messages m on m.workspace_id = s.workspace_id and m.id = s.message_id
    where s.run_id = ${runId} order by m.id
  `
  const fail = async (n: number, status: string) => {
    const [sent] = (await sends((await runOf(n)).id)).slice(-1)
    await db.engine`
      update messages set status = ${status}, detail = 'Refused (131047)' where id = ${sent!['id']}
    `
    await world.record(`message.${status}`, { messageId: sent!['id'], contactId })
    await engine.runOnce()
  }
  const retry = async (n: number) => {
    const { id } = await runOf(n)
    await db.engine.begin((tx) => retryRun(tx, workspaceId, id, { now: clock.now() }))
    await engine.runOnce()
  }
  for (const n of [1, 2, 3]) await enter(n)
  await fail(1, 'failed')
  await fail(2, 'expired')
  await fail(3, 'failed')
  for (const n of [1, 2, 3]) {
    const { status, failedStep, detail, attention } = await runOf(n)
    const seen = [status, failedStep, detail, attention]
    assert.deepEqual(seen, ['failed', 'gone', 'Refused (131047)', true])
  }
  const before = acts
  await retry(1)
  await retry(2)
  for (const n of [1, 2]) {
    const run = await runOf(n)
    assert.deepEqual([run.status, run.step, run.failedStep], ['waiting', 'gone', null])
    const [, again, ...none] = await sends(run.id)
    assert.equal(none.length, 0)
    assert.deepEqual(run.results['hello'], { message_id: again!['id'] })
    await world.record('message.sent', { messageId: again!['id'], contactId })
  }
  await engine.runOnce()
  for (const n of [1, 2]) assert.equal((await runOf(n)).step, 'day')

  const [sent] = await sends((await runOf(3)).id)
  await db.engine`update messages set status = 'sent' where id = ${sent!['id']}` // it was queued again
  await retry(3)
  const run = await runOf(3)
  assert.deepEqual([run.step, (await sends(run.id)).length], ['day', 1])
  assert.equal(acts, before)
})

test('A mark that comes before its message, as two processes may have it, is made once the message is there', async () => {
  const sending = { type: 'send', channel: 'discord', to: 'destination' }
  const update = (order: string) => ({ key: '{{ event.mail }}', within_minutes: 30, order })
  const alerts = await world.add({
    name: 'marked',
    trigger: { events: ['mail.shown', 'mail.judged'], contact: 'none' },
    steps: [
      {
        ...{ id: 'kind', type: 'branch' },
        cases: [
          { when: { field: 'event.name', is: 'equals', value: 'mail.judged' }, goto: 'mark' },
        ],
      },
      { ...sending, id: 'alert', content: { text: 'shown' }, update: update('1'), next: null },
      {
        ...{ ...sending, id: 'mark', content: { text: 'a machine' } },
        update: { ...update('2'), only: true },
        next: null,
      },
    ],
  })
  const texts = () =>
    db.engine<{ text: string }[]>`
      select c.content->>'text' as text
      from journey_sends s join message_contents c on c.workspace_id = s.workspace_id and c.message_id = s.message_id
      where s.journey_id = ${alerts}`
  for (const mail of ['x', 'never']) await world.record('mail.judged', { properties: { mail } })
  await engine.runOnce()
  assert.equal((await world.runs(alerts))[0]?.status, 'waiting')
  await world.record('mail.shown', { properties: { mail: 'x' } })
  await engine.runOnce()
  clock.forward({ seconds: 1 })
  await engine.runOnce()
  assert.deepEqual(
    (await texts()).map(({ text }) => text),
    ['a machine'],
  )
  for (let n = 0; n < 10; n++) {
    clock.forward({ minutes: 2 })
    await engine.runOnce()
  }
  assert.deepEqual(
    (await world.runs(alerts)).map(({ status }) => status),
    ['done', 'done', 'done'],
  )
})

test('Events recorded by many transactions are each reacted to once by two engines at a time', async () => {
  const journey = await world.add({
    name: 'pair',
    trigger: { events: ['pair.made'], contact: 'none', key: '{{ event.n }}' },
    re_entry: { policy: 'always' },
    steps: [
      {
        id: 's',
        type: 'send',
        channel: 'discord',
        to: 'destination',
        content: { text: '{{ event.n }}' },
      },
      { id: 'w', type: 'wait', minutes: 5 },
    ],
  })
  const other = await world.another()
  const events = Array.from({ length: 300 }, (_, n) => ({
    ...{ workspaceId, name: 'pair.made', contactId: null, messageId: null },
    ...{ at: clock.now(), source: 'test', properties: { n } },
  }))
  for (let from = 0; from < 300; from += 30)
    await recordEvents(db.engine, events.slice(from, from + 30), clock.now())
  await Promise.all([engine.runOnce(), other.runOnce()])
  clock.forward({ minutes: 5 })
  await Promise.all([engine.runOnce(), other.runOnce()])
  const runs = await world.runs(journey)
  assert.equal(runs.length, 300)
  assert.ok(runs.every((run) => run.status === 'done'))
  assert.deepEqual(await world.counts(journey), { s: [300, 300], w: [300, 300] })
})

test('Erasing a contact ends their runs and empties what they carried', async () => {
  const journey = await world.add({
    name: 'erased',
    trigger: { events: ['erase.begun'] },
    steps: [{ id: 'w', type: 'wait', days: 1 }],
  })
  const contactId = await world.addContact('gone', 'Gone', 'gone@example.org')
  await world.record('erase.begun', { contactId, properties: { secret: 'x' } })
  await engine.runOnce()
  await inWorkspace(db, workspaceId, (tx) =>
    eraseRuns(tx, workspaceId, { contactIds: [contactId] }, clock.now()),
  )
  const [run] = await world.runs(journey)
  assert.deepEqual([run?.status, run?.event, run?.results], ['exited', {}, {}])
  assert.notEqual(run?.key, contactId)
})
