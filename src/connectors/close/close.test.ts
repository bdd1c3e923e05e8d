import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { plain, startClose } from '../../../test/fakes/startClose.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { chance } from '../../../test/helpers/random.ts'
import { mailbox, type SyncProcess, syncWorld } from '../../../test/helpers/syncWorld.ts'
import { checkConnection } from '../../sync/check.ts'
import { verify } from './webhooks.ts'

const database = await testDatabase()
const { clock } = database
const fake = await startClose()
after(() => fake.close())
const HOOK = 'ab'.repeat(32)
const withKey = { variables: { CLOSEIO_WEBHOOK_SIGNATURE_KEY: HOOK } }
let boxes = 0

/** A world in which `since` is behind us, and Close's clock is ours. */
async function world(options: Parameters<typeof syncWorld>[2] = {}) {
  const box = mailbox(fake, `b${++boxes}x`)
  const leads = { [`lead_b${boxes}x`]: 'Analytical Engines' }
  await fake.set({ events: [], emails: {}, requests: [], faults: [], admin: true, leads })
  const made = await syncWorld(database, fake, options)
  const pass = async (minutes: number) => {
    clock.forward({ minutes })
    await fake.set({ now: +clock.now() })
  }
  await pass(1)
  return { ...made, box, pass, process: await made.start() }
}

const settings = {
  api_key: 'k',
  polling_enabled: true,
  polling_interval_seconds: 300,
  ...{ base_url: '', import_contacts: false, contact_fields: [] },
}
const signed = (rawBody: string, at: string, hash: string) => ({
  ...{ method: 'POST', url: 'https://beckon.test/webhook/closeio', rawBody },
  headers: { 'close-sig-timestamp': at, 'close-sig-hash': hash },
})

test('a signature is checked as Close makes it', () => {
  const key = '058bfb6a3d8cfdc4da7c3be5901b16ae11da982b46a25fb2cd7016e97a140a1c'
  const body =
    '{"event":{"id":"ev_test","object_type":"activity.email","action":"updated"},"subscription_id":"whsub_test"}'
  const hash = 'e14402d9dff04f1d7856910e1bb46079f7f374095a6a1ee6e674f63cb25e646e'
  const now = new Date(1_544_271_500_000)
  const keys = { settings: { ...settings, webhook_signature_key: key }, subscriptionKey: null, now }
  assert.equal(verify(signed(body, '1544271440', hash), keys), 'signed')
  assert.equal(verify(signed(`${body} `, '1544271440', hash), keys), 'forged')
  assert.equal(verify(signed(body, '1544271441', hash), keys), 'forged')
  assert.equal(verify(signed(body, '1544271440', 'zz'), keys), 'forged')
  assert.equal(verify({ ...signed(body, '', ''), headers: {} }, keys), 'forged')
  const late = { ...keys, now: new Date(1_544_271_440_000 + 5 * 86_400_000) }
  assert.equal(verify(signed(body, '1544271440', hash), late), 'forged')
  const none = { settings, subscriptionKey: null, now }
  assert.equal(verify(signed(body, '1544271440', hash), none), 'unsigned')
  const ours = { settings, subscriptionKey: key, now }
  assert.equal(verify(signed(body, '1544271440', hash), ours), 'signed')
})

test('a poll finds opens, sent and received emails once, and names the lead', async () => {
  const { box, pass, process, start, events, connection } = await world()
  const { object_id: id } = await box.send(clock.now())
  await pass(1)
  await box.open(id, clock.now())
  await box.receive(clock.now())
  await pass(1)
  await process.poll()
  const first = await events()
  assert.deepEqual(
    first.map((each) => each.name),
    ['email.opened', 'email.received', 'email.sent'],
  )
  const { properties } = first[0]!
  assert.equal(properties['lead_name'], 'Analytical Engines')
  assert.equal(properties['recipient'], 'ada@gmail.com')
  assert.equal(properties['subject'], 'An offer')
  assert.equal(properties['opens_count'], 1)
  assert.equal(properties['class'], 'human')
  await process.poll()
  await process.stop()
  const restarted = await start()
  await restarted.poll()
  assert.deepEqual(await events(), first)
  await restarted.stop()
  const { status } = await connection()
  assert.equal(status, 'active')
})

test('opens of before the connection raise nothing, later ones of the same email do', async () => {
  const box = mailbox(fake, 'oldx')
  const { object_id: id } = await box.send(clock.now())
  clock.forward({ minutes: 1 })
  await box.open(id, clock.now())
  clock.forward({ minutes: 1 })
  const { start, events } = await syncWorld(database, fake)
  const process = await start()
  await process.poll()
  assert.deepEqual(await events(), [])
  clock.forward({ minutes: 10 })
  await box.open(id, clock.now())
  clock.forward({ minutes: 1 })
  await process.poll()
  const opened = await events('email.opened')
  assert.deepEqual(
    opened.map((each) => each.properties['opens_count']),
    [2],
  )
  await process.stop()
})

test('a failed look-up of the lead still tells of the open, with the id', async () => {
  const { box, process, events } = await world()
  await fake.set({ faults: [{ path: '/lead/', status: 500, times: 9 }] })
  const { object_id: id, lead_id: leadId } = await box.send(clock.now())
  clock.forward({ minutes: 1 })
  await box.open(id, clock.now())
  clock.forward({ minutes: 1 })
  await process.poll()
  const [opened] = await events('email.opened')
  assert.equal(opened?.properties['lead_id'], leadId)
  assert.equal(opened?.properties['lead_name'], null)
  await process.stop()
})

test('without the rights of an admin each email is asked for on its own', async () => {
  const { box, pass, process, events, workspaceId, connection } = await world()
  const { object_id: id } = await box.send(clock.now())
  await pass(1)
  await box.open(id, clock.now())
  await fake.set({ admin: false })
  await pass(120)
  await process.poll()
  assert.equal((await events('email.opened')).length, 1)
  const { id: connectionId } = await connection()
  const checked = await checkConnection(process.sync.deps, workspaceId, connectionId)
  assert.equal(checked.ok, true)
  assert.match(checked.warnings.join(), /not an admin/)
  await process.stop()
})

test('hundreds of events after an outage are read page by page, in order', async () => {
  const { box, pass, process, events } = await world()
  const sent = []
  for (let i = 0; i < 120; i++) {
    sent.push(await box.send(clock.now(), `p${i}@gmail.com`))
    await pass(1)
  }
  await pass(60)
  await process.poll()
  assert.equal((await events('email.sent')).length, sent.length)
  assert.deepEqual((await fake.tell()).complaints, [])
  await process.stop()
})

test('an hour with more events than are held at once is read whole', async () => {
  const { box, pass, process, events } = await world()
  const { object_id: id } = await box.send(clock.now(), 'early@gmail.com')
  const { object_id: noisy } = await box.send(clock.now())
  await pass(1)
  await box.open(id, clock.now())
  await pass(1)
  const event = await box.open(noisy, clock.now())
  const many = Array.from({ length: 2_100 }, (_, i) => {
    const at = plain(new Date(+clock.now() + i * 1_000))
    return { ...event, id: `ev_many${i}`, date_created: at, date_updated: at }
  })
  const before = (await fake.tell()).events
  await fake.set({ events: [...before, ...many] })
  await pass(40)
  await process.poll()
  const opened = await events('email.opened')
  assert.deepEqual(opened.map(({ properties }) => properties['recipient']).sort(), [
    'ada@gmail.com',
    'early@gmail.com',
  ])
  assert.deepEqual((await fake.tell()).complaints, [])
  await process.stop()
})

test('429 is waited for as long as Close says, a wrong key pauses and says so', async () => {
  const { process, task, connection, provision } = await world()
  const headers = { ratelimit: 'limit=100, remaining=0, reset=120' }
  await fake.set({ faults: [{ path: '/event/', status: 429, times: 1, headers }] })
  await process.poll()
  const limited = await task()
  assert.ok(+limited.dueAt! - +clock.now() >= 119_000, 'it waits for the reset')
  assert.equal(limited.limited, true)
  assert.equal(limited.attempts, 0, 'a limit is no failure')
  await process.stop()
  await fake.set({ key: 'another' })
  const next = await world()
  await next.process.poll()
  const paused = await next.connection()
  assert.equal(paused.status, 'paused')
  assert.match(paused.statusReason ?? '', /CLOSEIO_API_KEY/)
  await fake.set({ key: 'api_test' })
  await next.provision()
  assert.equal((await next.connection()).status, 'active')
  await next.process.stop()
  assert.equal((await connection()).status, 'active')
  await provision()
})

test('a forged webhook is refused and not stored, a signed one tells of the open', async () => {
  const { box, pass, process, events, connection, db, workspaceId } = await world(withKey)
  const { object_id: id } = await box.send(clock.now())
  await pass(1)
  const event = await box.open(id, clock.now())
  const { url } = process
  assert.equal(await fake.deliver(event, { key: 'cd'.repeat(32), url }), 401)
  assert.equal(await fake.deliver(event, { key: null, url }), 401)
  const stored = () => db.engine`select id from callbacks where workspace_id = ${workspaceId}`
  assert.equal((await stored()).length, 0)
  assert.equal(await fake.deliver(event, { key: HOOK, url }), 200)
  assert.equal(await fake.deliver(event, { key: HOOK, url }), 200)
  assert.equal((await stored()).length, 1)
  await process.processor.runOnce()
  assert.equal((await events('email.opened')).length, 1)
  const row = await connection()
  assert.deepEqual([row.callbacksReceived, row.callbacksRejected], [2, 2])
  await process.stop()
})

test('without a key a webhook is a hint only: the email is read from Close', async () => {
  const { box, pass, process, events } = await world()
  const { object_id: id } = await box.send(clock.now())
  await pass(1)
  const event = await box.open(id, clock.now())
  const lie = { ...event, data: { ...(event.data as object), subject: 'A lie', opens: [] } }
  assert.equal(await fake.deliver(lie, { key: null, url: process.url }), 200)
  const strange = { ...event, object_id: '../me', id: 'ev_strange' }
  assert.equal(await fake.deliver(strange, { key: null, url: process.url }), 200)
  await process.processor.runOnce()
  const opened = await events('email.opened')
  assert.deepEqual(
    opened.map((each) => each.properties['subject']),
    ['An offer'],
  )
  const paths = (await fake.tell()).requests.map((each) => each.path)
  assert.ok(!paths.includes('/me/'))
  await process.stop()
})

test('a webhook whose look-up fails is tried again, and an unreadable one is kept with its reason', async () => {
  const { box, pass, process, events, db, workspaceId } = await world()
  const { object_id: id } = await box.send(clock.now())
  await pass(1)
  const event = await box.open(id, clock.now())
  await fake.set({ faults: [{ path: '/activity/', status: 503, times: 1 }] })
  assert.equal(await fake.deliver(event, { key: null, url: process.url }), 200)
  await process.processor.runOnce()
  assert.equal((await events('email.opened')).length, 0)
  await pass(1)
  await process.processor.runOnce()
  assert.equal((await events('email.opened')).length, 1)
  const answer = await fetch(process.url, { method: 'POST', body: 'no json' })
  assert.equal(answer.status, 200)
  await process.processor.runOnce()
  const rows = await db.engine<{ status: string; reason: string | null }[]>`
    select status, reason from callbacks where workspace_id = ${workspaceId} order by id
  `
  assert.deepEqual(
    rows.map((row) => row.status),
    ['processed', 'failed'],
  )
  assert.match(rows[1]?.reason ?? '', /JSON/)
  await process.stop()
})

test('a subscription is made once for a URL, its key is used, and a paused one is activated', async () => {
  const { box, pass, process, events, task, workspaceId } = await world({
    publicUrl: 'https://beckon.test',
  })
  await fake.set({ webhooks: [] })
  await process.sync.runOnce()
  const [made] = (await fake.tell()).webhooks
  assert.equal(made?.url, 'https://beckon.test/webhook/closeio')
  const { object_id: id } = await box.send(clock.now())
  await pass(1)
  const event = await box.open(id, clock.now())
  const { url } = process
  assert.equal(await fake.deliver(event, { key: made?.signature_key ?? null, url }), 200)
  assert.equal(await fake.deliver(event, { key: HOOK, url }), 401)
  await process.processor.runOnce()
  assert.equal((await events('email.opened')).length, 1)

  await fake.set({ webhooks: [{ ...made!, status: 'paused' }] })
  await pass(61)
  await process.sync.runOnce()
  const after = (await fake.tell()).webhooks
  assert.deepEqual(
    after.map((each) => each.status),
    ['active'],
  )
  assert.deepEqual((await fake.tell()).complaints, [])
  assert.equal((await task('subscribe')).lastError, null)

  // Polls find what webhooks should have told: the banner, and another look at the subscription.
  await fake.set({ webhooks: [{ ...made!, status: 'paused' }] })
  await box.open(id, clock.now())
  await pass(5)
  await process.poll()
  await pass(31)
  await box.open(id, clock.now())
  await pass(1)
  await process.poll()
  await process.sync.runOnce()
  assert.equal((await process.sync.figures(workspaceId, 'close')).webhook.silent, true)
  assert.equal((await fake.tell()).webhooks[0]?.status, 'active')
  await process.stop()
})

test('a gateway that opens the emails of a company is found afterwards, and each alert taken back once', async () => {
  const { box, pass, process, events } = await world()
  const ids = []
  for (let i = 0; i < 6; i++) ids.push((await box.send(clock.now(), `p${i}@looms.test`)).object_id)
  await pass(30)
  for (const id of ids) {
    clock.forward({ seconds: 5 })
    await box.open(id, clock.now(), { ip: '198.51.100.9' })
    await process.poll()
  }
  const opened = await events('email.opened')
  assert.deepEqual(
    opened.map((each) => each.properties['class']),
    Array(6).fill('human'),
  )
  const taken = await events('email.open_reclassified')
  assert.equal(taken.length, 6)
  assert.deepEqual(
    new Set(taken.map((each) => each.properties['open_key'])),
    new Set(opened.map((each) => each.properties['open_key'])),
  )
  await process.stop()
})

test("Apple's privacy proxy is a machine at once", async () => {
  const { box, pass, process, events } = await world()
  const { object_id: id } = await box.send(clock.now())
  await pass(1)
  await box.open(id, clock.now(), { agent: 'Mozilla/5.0' })
  await pass(1)
  await process.poll()
  const [opened] = await events('email.opened')
  assert.deepEqual(
    [opened?.properties['class'], opened?.properties['reason']],
    ['machine', 'apple_mpp'],
  )
  await process.stop()
})

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`webhooks and polls in any order, repeated, by two processes and through restarts give the same events (${seed})`, async () => {
    const { next, between, pick } = chance(seed)
    const one = await world(withKey)
    const reference = await syncWorld(database, fake)
    const { box, pass } = one
    const processes: SyncProcess[] = [one.process, await one.start()]
    const told = [await box.send(clock.now()), await box.send(clock.now(), 'p@looms.test')]
    for (let i = 0; i < 5; i++) told.push(await box.send(clock.now(), `p${i}@looms.test`))
    const ids = told.map((event) => event.object_id)
    await pass(5)
    const step = async (): Promise<unknown> => {
      const at = between(0, 1)
      const process = processes[at]!
      const choice = next()
      if (choice < 0.35) {
        clock.forward({ seconds: between(1, 8) })
        const ip = pick(['198.51.100.9', '203.0.113.7'])
        return void told.push(await box.open(pick(ids), clock.now(), { ip }))
      }
      if (choice < 0.6) return fake.deliver(pick(told), { key: HOOK, url: process.url })
      if (choice < 0.75) return process.processor.runOnce()
      if (choice < 0.9) return Promise.all(processes.map((each) => each.poll()))
      await process.stop()
      processes[at] = await one.start()
    }
    for (let i = 0; i < 60; i++) {
      if (next() < 0.3 && i % 2 === 0)
        await Promise.all([
          processes[0]!.processor.runOnce(),
          processes[1]!.processor.runOnce(),
          processes[0]!.poll(),
        ])
      await step()
    }
    await pass(1)
    for (const process of processes) await process.processor.runOnce()
    await processes[0]!.poll()
    const plainly = await reference.start()
    await plainly.poll()
    const expected = await reference.events()
    assert.ok(expected.filter((each) => each.name === 'email.opened').length > 5)
    assert.deepEqual(await one.events(), expected)
    for (const process of [...processes, plainly]) await process.stop()
  })
}
