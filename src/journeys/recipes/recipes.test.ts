/** The recipes on the real engine: what their documents promise, told by events. Vendors are the test's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testJourneys } from '../../../test/helpers/journeys.ts'
import { loadRecipes } from './recipe.ts'

const documents = loadRecipes().flatMap(({ journeys }) => journeys)
const named = (name: string) => documents.find((each) => each.name === name)

const SENT = 'נשלחה הודעה'
const NO_ANSWER = 'אין מענה 1'
const ANSWERED = 'נקבעה שיחת מכירה'

async function closeWorld() {
  const database = await testDatabase()
  const { db, clock } = database
  const world = await testJourneys(database)
  await world.add(named('close-open-alert'))
  const happen = async (name: string, properties: Record<string, string | number>) => {
    await world.record(name, {
      source: 'close',
      properties: {
        ...{ email_id: 'acti_1', lead_id: 'lead_1', lead_name: 'Ada', subject: 'Offer' },
        ...{ recipient: 'ada@example.com', opens_count: 1, class: 'human', ...properties },
      },
    })
    await world.engine.runOnce()
  }
  const alerts = async () => {
    const rows = await db.engine<{ content: { subject: string; text: string } }[]>`
      select c.content
      from messages m join message_contents c on c.workspace_id = m.workspace_id and c.message_id = m.id
      where m.workspace_id = ${world.workspaceId} and m.channel = 'discord'
      order by m.id
    `
    return rows.map(({ content }) => content)
  }
  return { clock, happen, alerts }
}

test('an open raises an alert; the same open again none, whoever tells of it', async () => {
  const { happen, alerts } = await closeWorld()
  await happen('email.opened', { open_key: 'k1' })
  await happen('email.opened', { open_key: 'k1' })
  const found = await alerts()
  assert.equal(found.length, 1)
  assert.equal(found[0]?.subject, '📬 Ada opened an email')
  assert.match(found[0]?.text ?? '', /\*\*Opens:\*\* 1\n/)
})

test('within half an hour the alert is edited; later there is a new one', async () => {
  const { clock, happen, alerts } = await closeWorld()
  await happen('email.opened', { open_key: 'k1' })
  clock.forward({ minutes: 20 })
  await happen('email.opened', { open_key: 'k2', opens_count: 2 })
  const [alert, ...none] = await alerts()
  assert.deepEqual(none, [])
  assert.match(alert?.text ?? '', /\*\*Opens:\*\* 2\n/)
  await happen('email.opened', { open_key: 'k3', email_id: 'acti_2' })
  clock.forward({ minutes: 31 })
  await happen('email.opened', { open_key: 'k4', opens_count: 3 })
  assert.equal((await alerts()).length, 3)
})

test('a machine’s open raises none, and marks the alert when that shows later', async () => {
  const { happen, alerts } = await closeWorld()
  await happen('email.opened', { open_key: 'k1', class: 'machine' })
  await happen('email.open_reclassified', { open_key: 'k1', class: 'machine' })
  assert.deepEqual(await alerts(), [])
  await happen('email.opened', { open_key: 'k2', opens_count: 2 })
  await happen('email.open_reclassified', { open_key: 'k2', class: 'machine', opens_count: 2 })
  const [alert, ...none] = await alerts()
  assert.deepEqual(none, [])
  assert.equal(alert?.subject, '🤖 Ada: a machine opened the email')
})

async function mondayWorld() {
  const database = await testDatabase()
  const { db, clock } = database // a Monday, 12:00 in Jerusalem
  const world = await testJourneys(database)
  const journey = await world.add(named('monday-whatsapp'))
  await world.add(named('monday-whatsapp-reply'))
  const board = new Map<string, string>()
  const updates: string[] = []
  world.act = async (_, connector, action, params) => {
    assert.equal(connector, 'monday')
    const { item_id: id, status, only_from: from, text } = params
    assert.ok(typeof id === 'string')
    const now = board.get(id) ?? ''
    if (action === 'add_update') updates.push(String(text))
    if (action !== 'set_status') return { status: now }
    if (!Array.isArray(from) || !from.includes(now)) return { status: now, changed: false }
    board.set(id, String(status))
    return { status: String(status), changed: true }
  }
  const lead = () =>
    db.engine.begin(async (tx) => {
      const [row] = await tx<{ id: string }[]>`select gen_random_uuid() as id`
      await tx`
      insert into contacts (workspace_id, id, name, created_at, updated_at)
      values (${world.workspaceId}, ${row!.id}, 'רות', ${clock.now()}, ${clock.now()})
    `
      await tx`
      insert into contact_addresses (workspace_id, contact_id, kind, address, is_primary, created_at)
      values (${world.workspaceId}, ${row!.id}, 'phone', '+972501234567', true, ${clock.now()})
    `
      return row!.id
    })
  const contactId = await lead()
  const told = new Set<string>()
  /** What is due, and that its messages have gone. */
  const turn = async () => {
    await world.engine.runOnce()
    for (const { id } of await world.messages()) {
      if (told.has(id)) continue
      told.add(id)
      await world.record('message.sent', { contactId, messageId: id, source: 'messages' })
    }
    await world.engine.runOnce()
  }
  const created = async (properties: Record<string, string> = {}, whose = contactId) => {
    await world.record('item.created', {
      ...{ contactId: whose, source: 'monday' },
      properties: { item_id: '7', phone: '+972501234567', status: '', ...properties },
    })
    await turn()
  }
  const wrote = async (kind: string) => {
    await world.record('message.received', {
      ...{ contactId, source: 'whatsapp' },
      properties: { channel: 'whatsapp', kind, text: 'כן, מחר', from: '+972501234567' },
    })
    await world.engine.runOnce()
  }
  const later = async (by: { hours?: number; minutes?: number }) => {
    clock.forward(by)
    await turn()
  }
  const texts = async () => {
    const rows = await db.engine<{ content: { text: string } }[]>`
      select c.content
      from messages m join message_contents c on c.workspace_id = m.workspace_id and c.message_id = m.id
      where m.workspace_id = ${world.workspaceId} and m.channel = 'whatsapp'
      order by m.id
    `
    return rows.map(({ content }) => content.text)
  }
  const run = async () => (await world.runs(journey)).at(-1)
  return { ...world, lead, board, updates, created, wrote, later, texts, run, journey, clock }
}

test('a new lead is welcomed at once, and followed up a day later', async () => {
  const { created, later, texts, board, run } = await mondayWorld()
  await created()
  assert.match((await texts())[0] ?? '', /^היי רות, תודה/)
  assert.equal(board.get('7'), SENT)
  await later({ hours: 23 })
  assert.equal((await texts()).length, 1)
  await later({ hours: 1 })
  assert.match((await texts())[1] ?? '', /^היי רות, רצינו/)
  assert.equal(board.get('7'), NO_ANSWER)
  assert.equal((await run())?.status, 'done')
})

test('a follow-up that falls due at night waits for the morning', async () => {
  const { created, later, texts, clock } = await mondayWorld()
  await later({ hours: 10 }) // 22:00 in Jerusalem
  await created()
  await later({ hours: 24 })
  assert.equal((await texts()).length, 1)
  clock.forward({ hours: 9, minutes: 59 })
  await later({})
  assert.equal((await texts()).length, 1)
  await later({ minutes: 1 })
  assert.equal((await texts()).length, 2)
})

test('a status that is no longer ours ends it as human intervention', async () => {
  const { created, later, texts, board, run } = await mondayWorld()
  await created()
  board.set('7', 'אין מענה 2')
  await later({ hours: 24 })
  assert.equal((await texts()).length, 1)
  assert.equal(board.get('7'), 'אין מענה 2')
  assert.deepEqual(
    [(await run())?.status, (await run())?.exitReason],
    ['exited', 'human intervention'],
  )
})

test('the status of an answer, set by a person, ends it at once; that of another item does not', async () => {
  const { created, record, engine, run } = await mondayWorld()
  await created()
  const set = async (itemId: string) => {
    const contactId = (await run())?.contactId ?? ''
    const properties = { item_id: itemId, status: ANSWERED, by: 'us' }
    await record('item.status_changed', { contactId, source: 'monday', properties })
    await engine.runOnce()
    return run()
  }
  assert.equal((await set('8'))?.status, 'waiting')
  const ended = await set('7')
  assert.deepEqual([ended?.status, ended?.exitReason], ['exited', 'human intervention'])
})

test('an answer ends it and sets the status, also after the follow-up; other kinds do not', async () => {
  const { created, later, wrote, texts, board, run } = await mondayWorld()
  await created()
  await wrote('reaction')
  assert.equal(board.get('7'), SENT)
  await wrote('human')
  assert.equal(board.get('7'), ANSWERED)
  assert.deepEqual(
    [(await run())?.status, (await run())?.exitReason],
    ['exited', 'human intervention'],
  )
  await later({ hours: 48 })
  assert.equal((await texts()).length, 1)
  const second = await mondayWorld()
  await second.created()
  await second.later({ hours: 24 })
  await second.wrote('human')
  assert.equal(second.board.get('7'), ANSWERED)
})

test('an answer from a number that two leads have ends both', async () => {
  const { lead, created, wrote, later, texts, runs, journey } = await mondayWorld()
  await created({ item_id: '8', phone: '+972501234568' }, await lead()) // its number was mended since
  await created()
  await wrote('reaction')
  const states = async () => (await runs(journey)).map(({ status }) => status)
  assert.deepEqual(await states(), ['waiting', 'waiting'])
  await wrote('human')
  assert.deepEqual(await states(), ['exited', 'exited'])
  await later({ hours: 48 })
  assert.equal((await texts()).length, 2)
})

test('whoever asks to be left alone ends the runs of all leads that have their number', async () => {
  const { lead, created, record, engine, later, texts, runs, journey } = await mondayWorld()
  await created({ item_id: '8', phone: '+972501234568' }, await lead())
  await created()
  const [, { contactId } = {}] = await runs(journey)
  assert.ok(contactId)
  const from = '+972501234567'
  const said = { contactId, source: 'whatsapp' }
  await record('message.received', { ...said, properties: { kind: 'stop', human: false, from } })
  await record('message.replied', { ...said, properties: { from, text: 'STOP' } })
  await engine.runOnce()
  const ended = (await runs(journey)).map(({ exitReason }) => exitReason)
  assert.deepEqual(ended, ['human intervention', 'human intervention'])
  await later({ hours: 48 })
  assert.equal((await texts()).length, 2)
})

test('over a status of somebody else the answer becomes an update', async () => {
  const { created, wrote, board, updates } = await mondayWorld()
  await created()
  board.set('7', 'בטיפול')
  await wrote('human')
  assert.equal(board.get('7'), 'בטיפול')
  assert.deepEqual(updates, ['WhatsApp: כן, מחר'])
})

test('the same item again, and another one with the same phone, are welcomed once', async () => {
  const { created, texts, board } = await mondayWorld()
  await created()
  await created()
  await created({ item_id: '8' })
  assert.equal((await texts()).length, 1)
  assert.equal(board.get('8'), undefined)
})

test('a number that cannot be used ends it with attention, and the status stays', async () => {
  const { created, texts, board, run } = await mondayWorld()
  await created({ phone: '', phone_text: '050' })
  assert.deepEqual(await texts(), [])
  assert.equal(board.get('7'), undefined)
  const ended = await run()
  assert.deepEqual([ended?.status, ended?.attention], ['failed', true])
  assert.match(ended?.exitReason ?? '', /050/)
})
