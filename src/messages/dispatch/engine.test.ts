import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Behaviour, startFaultServer } from '../../../test/fakes/startFaultServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testEngine } from '../../../test/helpers/engine.ts'
import { newSigningSecret } from '../../../test/helpers/signingSecret.ts'
import { recordConsent } from '../../consent/record.ts'
import { suppress } from '../../consent/suppress.ts'
import { listMessageEvents } from '../../events/store.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { insertTemplate, insertVersion } from '../../templates/store.ts'
import { changeStatus, redrive } from '../change.ts'
import type { Status } from '../schema.ts'
import { findMessage } from '../store/read.ts'

const database = await testDatabase()
const { db, clock } = database
const engine = await testEngine(database)
const { workspaceId } = engine
const vendor = await startFaultServer()
after(() => vendor.close())
const ok: Behaviour = { do: 'reply', status: 200, body: '{}' }

/** The row once it is in one of the states; the engine is poked as the test's clock moves. */
async function reach(id: string, ...wanted: Status[]) {
  for (let tries = 0; tries < 400; tries++) {
    const row = await findMessage(db.engine, workspaceId, id)
    if (row && wanted.includes(row.status)) return row
    engine.engine.poke()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const row = await findMessage(db.engine, workspaceId, id)
  return assert.fail(
    `is ${row?.status} (${row?.reason}: ${row?.detail}), not ${wanted.join(' or ')}`,
  )
}

const events = async (id: string) =>
  (await listMessageEvents(db.engine, workspaceId, id)).map((event) => event.name)

/** A webhook sender of its own workspace-wide order, pointing at one scenario of the fault server. */
const webhookSender = async (scenario: string, behaviour: Behaviour, position = 0) => {
  const url = await vendor.define(scenario, behaviour)
  return engine.addSender({
    channel: 'webhook',
    provider: 'webhook',
    position,
    settings: { url, signing_secret: newSigningSecret() },
  })
}
const disable = (id: string) =>
  db.engine`update senders set status = 'disabled' where id = ${id}`.then(() =>
    engine.directories.senders.forget(workspaceId),
  )

test('a message to the sandbox is sent and delivered, and its timeline says so', async () => {
  const id = await engine.accept({
    channel: 'email',
    recipient_id: 'ada',
    to: 'ada@example.com',
    subject: 'Hello',
    message: 'Hi Ada',
  })
  await reach(id, 'delivered')
  assert.deepEqual(await events(id), ['message.sent', 'message.delivered'])
})

test('without an address the sandbox accepts, as in document 003’s own example', async () => {
  const id = await engine.accept({
    recipient_id: 'customer_123',
    channel: 'email',
    subject: 'Appointment Reminder',
    message: 'Tomorrow at 2:00 PM.',
    category: 'appointments',
  })
  await reach(id, 'delivered')
})

test('a message that is due later waits for its time', async () => {
  const at = new Date(clock.now().getTime() + 3_600_000).toISOString()
  const id = await engine.accept({
    channel: 'sms',
    recipient_id: 'ada',
    to: '+972501234567',
    message: 'Later',
    scheduled_at: at,
  })
  assert.equal((await reach(id, 'scheduled')).scheduledAt?.toISOString(), at)
  clock.forward({ minutes: 59 })
  engine.engine.poke()
  assert.equal((await reach(id, 'scheduled')).status, 'scheduled')
  clock.forward({ minutes: 2 })
  await reach(id, 'sent', 'delivered')
})

test('a suppressed address is skipped whatever the kind, and nothing is attempted', async () => {
  await db.engine.begin((tx) =>
    suppress(
      tx,
      workspaceId,
      { kind: 'email', address: 'gone@example.com', reason: 'bounce', source: 'test' },
      clock.now(),
    ),
  )
  const id = await engine.accept({
    channel: 'email',
    recipient_id: 'gone',
    to: 'gone@example.com',
    subject: 'x',
    message: 'x',
  })
  const row = await reach(id, 'skipped')
  assert.equal(row.reason, 'suppressed')
  assert.equal(row.attempt, 0)
})

test('who unsubscribed gets no marketing and still gets what is transactional', async () => {
  await db.engine`insert into topics (workspace_id, key, name, kind, created_at) values (${workspaceId}, 'news', 'News', 'marketing', ${clock.now()})`
  const first = await engine.accept({
    channel: 'email',
    recipient_id: 'grace',
    to: 'grace@example.com',
    subject: 'x',
    message: 'x',
    category: 'news',
  })
  const { contactId } = await reach(first, 'delivered')
  await db.engine.begin((tx) =>
    recordConsent(
      tx,
      workspaceId,
      {
        contactId: contactId ?? '',
        topic: '*',
        channel: '*',
        granted: false,
        source: 'test',
        proof: {},
      },
      clock.now(),
    ),
  )
  const news = await engine.accept({
    channel: 'email',
    recipient_id: 'grace',
    subject: 'x',
    message: 'x',
    category: 'news',
  })
  assert.equal((await reach(news, 'skipped')).reason, 'unsubscribed')
  const reset = await engine.accept({
    channel: 'email',
    recipient_id: 'grace',
    subject: 'Password',
    message: 'x',
  })
  await reach(reset, 'delivered')
})

test('a message whose time is over is not sent', async () => {
  const soon = new Date(clock.now().getTime() + 60_000)
  const expires = new Date(soon.getTime() + 1_000)
  const id = await engine.accept({
    channel: 'sms',
    recipient_id: 'ada',
    to: '+972501234567',
    message: 'code',
    scheduled_at: soon.toISOString(),
    expires_at: expires.toISOString(),
  })
  clock.forward({ minutes: 5 })
  assert.equal((await reach(id, 'expired')).reason, 'expired')
})

test('a busy vendor is asked again by its schedule until it answers', async () => {
  const sender = await webhookSender('busy', { do: 'reply', status: 503, body: '{}' })
  const id = await engine.accept({ channel: 'webhook', message: 'x' })
  for (let attempt = 1; attempt <= 3; attempt++) {
    await reachAttempt(id, attempt)
    if (attempt === 3) await vendor.define('busy', ok)
    clock.forward({ seconds: 60 })
  }
  await reach(id, 'sent')
  assert.deepEqual(await events(id), [
    'message.retried',
    'message.retried',
    'message.retried',
    'message.sent',
  ])
  const ids = (await vendor.received('busy')).map((request) => request.headers['webhook-id'])
  assert.deepEqual(new Set(ids), new Set([id]))
  await disable(sender)
})

/** Until so many attempts have failed and the row waits for the next. */
async function reachAttempt(id: string, attempt: number): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const row = await findMessage(db.engine, workspaceId, id)
    if (row?.status === 'queued' && row.attempt >= attempt && row.reason !== null) return
    engine.engine.poke()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.fail(`attempt ${attempt} did not happen`)
}

test('wrong settings pause the sender and the next one takes over', async () => {
  const broken = await webhookSender('denied', { do: 'reply', status: 401, body: '{}' }, 0)
  const good = await webhookSender('second', ok, 1)
  const id = await engine.accept({ channel: 'webhook', message: 'x' })
  const row = await reach(id, 'sent')
  assert.equal(row.senderId, good)
  const [sender] = await db.engine`select status, status_reason from senders where id = ${broken}`
  assert.equal(sender?.['status'], 'paused')
  assert.ok(String(sender?.['statusReason']).length > 0)
  await Promise.all([disable(broken), disable(good)])
})

test('wrong settings without another sender keep the message until a person has mended them', async () => {
  const sender = await webhookSender('mended', { do: 'reply', status: 403, body: '{}' })
  const id = await engine.accept({ channel: 'webhook', message: 'x' })
  await reachAttempt(id, 1)
  await vendor.define('mended', ok)
  await db.engine`update senders set status = 'active' where id = ${sender}`
  await db.engine`update lanes set next_due = ${clock.now()}, touched = touched + 1 where sender_id = ${sender}`
  engine.directories.senders.forget(workspaceId)
  await reach(id, 'sent')
  await disable(sender)
})

test('a refused message goes by the next channel under the same id', async () => {
  const id = await engine.accept({
    channel: 'email',
    recipient_id: 'fall',
    to: { email: 'fail@example.com', phone: '+972501234567' },
    subject: 'x',
    message: 'hello',
    fallback_channels: ['sms'],
  })
  const row = await reach(id, 'delivered', 'sent')
  assert.equal(row.channel, 'sms')
  assert.ok((await events(id)).includes('message.rerouted'))
})

test('a lost answer leaves the message unknown, and only a person sends it again', async () => {
  const id = await engine.accept({
    channel: 'email',
    recipient_id: 'lost',
    to: 'unknown@example.com',
    subject: 'x',
    message: 'x',
  })
  await reach(id, 'unknown')
  clock.forward({ hours: 1 })
  assert.equal((await reach(id, 'unknown')).attempt, 1)
  await db.engine.begin((tx) => changeStatus(tx, workspaceId, id, { status: 'sent' }, clock.now()))
  await reach(id, 'sent')
})

test('a lost answer of a provider that knows repeated ids is asked again', async () => {
  const sender = await webhookSender('cut', { do: 'cut' })
  const id = await engine.accept({ channel: 'webhook', message: 'x' })
  await reachAttempt(id, 1)
  await vendor.define('cut', ok)
  clock.forward({ minutes: 1 })
  await reach(id, 'sent')
  await disable(sender)
})

test('a template that does not render fails its message and no other', async () => {
  const templateId = uuid7()
  await insertTemplate(
    db.engine,
    workspaceId,
    { id: templateId, name: 'endless', channel: 'email' },
    clock.now(),
  )
  const html = '{% for i in list %}{% for j in list %}{{ j }}{% endfor %}{% endfor %}'
  await insertVersion(db.engine, workspaceId, {
    ...{ templateId, version: 1, defaultLocale: 'en', contents: { en: { subject: 'x', html } } },
    ...{ variables: [], note: null, createdBy: null, createdAt: clock.now() },
  })
  const item = { channel: 'email', template_id: 'endless' }
  const list = Array.from({ length: 200 }, (_, at) => at)
  const bad = await engine.accept({
    ...item,
    recipient_id: 'p1',
    to: 'p1@example.com',
    template_variables: { list },
  })
  const good = await engine.accept({
    ...item,
    recipient_id: 'p2',
    to: 'p2@example.com',
    template_variables: { list: [1] },
  })
  const failed = await reach(bad, 'failed')
  assert.equal(failed.reason, 'template')
  assert.equal(failed.attempt, 0)
  await reach(good, 'delivered')
})

test('cancelling stops what has not begun, and says no to what has', async () => {
  const at = new Date(clock.now().getTime() + 3_600_000).toISOString()
  const id = await engine.accept({
    channel: 'sms',
    recipient_id: 'ada',
    to: '+972501234567',
    message: 'x',
    scheduled_at: at,
  })
  await db.engine.begin((tx) =>
    changeStatus(tx, workspaceId, id, { status: 'cancelled' }, clock.now()),
  )
  clock.forward({ hours: 2 })
  await reach(id, 'cancelled')
  const sent = await engine.accept({
    channel: 'sms',
    recipient_id: 'ada',
    to: '+972501234567',
    message: 'x',
  })
  await reach(sent, 'sent', 'delivered')
  await assert.rejects(
    db.engine.begin((tx) =>
      changeStatus(tx, workspaceId, sent, { status: 'cancelled' }, clock.now()),
    ),
    /can become cancelled only from/,
  )
})

test('dead letters are sent again under their own ids', async () => {
  const sender = await webhookSender('dead', { do: 'reply', status: 400, body: '{}' })
  const id = await engine.accept({ channel: 'webhook', message: 'x' })
  await reach(id, 'failed')
  await vendor.define('dead', ok)
  const filter = {
    status: 'failed' as const,
    ids: [id],
    channel: null,
    topic: null,
    reason: null,
    from: null,
    to: null,
    limit: 10,
  }
  assert.deepEqual(await db.engine.begin((tx) => redrive(tx, workspaceId, filter, clock.now())), [
    id,
  ])
  await reach(id, 'sent')
  await disable(sender)
})

test('a sender keeps to its pace', async () => {
  const url = await vendor.define('paced', ok)
  const sender = await engine.addSender({
    channel: 'webhook',
    provider: 'webhook',
    perSecond: 5,
    settings: { url, signing_secret: newSigningSecret() },
  })
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => engine.accept({ channel: 'webhook', message: 'x' })),
  )
  const sent = async () =>
    (await db.engine`select from messages where id = any(${ids}) and status = 'sent'`).count
  // The test's clock stands still, so the bucket holds one second's worth and no more.
  for (let tries = 0; tries < 100 && (await sent()) < 5; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  for (let pokes = 0; pokes < 10; pokes++) engine.engine.poke()
  assert.equal(await sent(), 5)
  for (let second = 0; second < 3; second++) {
    clock.forward({ seconds: 1 })
    for (let tries = 0; tries < 200 && (await sent()) < 10 + second * 5; tries++) {
      engine.engine.poke()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  assert.equal(await sent(), 20)
  await disable(sender)
})

test('a vendor that asks for a pause gets it, and only its sender waits', async () => {
  const sender = await webhookSender('wait', {
    do: 'reply',
    status: 429,
    headers: { 'retry-after': '120' },
    body: '{}',
  })
  const id = await engine.accept({ channel: 'webhook', message: 'x' })
  await reachAttempt(id, 1)
  await vendor.define('wait', ok)
  clock.forward({ seconds: 100 })
  engine.engine.poke()
  const other = await engine.accept({
    channel: 'sms',
    recipient_id: 'ada',
    to: '+972501234567',
    message: 'x',
  })
  await reach(other, 'sent', 'delivered')
  assert.equal((await findMessage(db.engine, workspaceId, id))?.status, 'queued')
  clock.forward({ seconds: 60 })
  await reach(id, 'sent')
  await disable(sender)
})

test('two workspaces share nothing', async () => {
  const theirs = await engine.addWorkspace('theirs')
  const id = await engine.accept(
    { channel: 'email', recipient_id: 'ada', to: 'ada@example.com', subject: 'x', message: 'x' },
    theirs,
  )
  assert.equal(await findMessage(db.engine, workspaceId, id), undefined)
})
