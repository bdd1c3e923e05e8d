/** Document 002 as it is lived: the whole program between a fake monday and a fake Meta. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { inWorkspace } from '../src/db/db.ts'
import { importLeads } from '../src/journeys/importLeads.ts'
import { META_PHONE_ID, META_TOKEN, startMeta } from './fakes/startMeta.ts'
import { BOARD, startMonday } from './fakes/startMonday.ts'
import { INSTANCE_KEY, startTestApp } from './helpers/app.ts'
import { testDatabase } from './helpers/database.ts'
import { until } from './helpers/until.ts'

const [monday, meta] = await Promise.all([startMonday(), startMeta()])
after(() => Promise.all([monday.close(), meta.close()]))
await meta.set({ appSecret: 'an app secret', templates: ['welcome_lead', 'followup_lead'] })
const FOLLOW_UP_SECONDS = 3
const environment = {
  PUBLIC_URL: 'http://127.0.0.1:1',
  MONDAY_API_KEY: 'monday-token',
  MONDAY_BOARD_ID: BOARD,
  MONDAY_BASE_URL: monday.baseUrl,
  META_API_TOKEN: META_TOKEN,
  META_PHONE_ID,
  META_APP_SECRET: 'an app secret',
  META_BASE_URL: meta.baseUrl,
  ADMIN_SECRET: 'a verify token',
  WHATSAPP_WELCOME_TEMPLATE: 'welcome_lead',
  WHATSAPP_FOLLOWUP_TEMPLATE: 'followup_lead',
  FOLLOWUP_DELAY_HOURS: String(FOLLOW_UP_SECONDS / 3_600),
  SEND_WINDOW_START_HOUR: '0',
  SEND_WINDOW_END_HOUR: '24',
}
const database = await testDatabase()
const app = await startTestApp(database, environment)
const key = { authorization: `Bearer ${INSTANCE_KEY}` }
const mondayHook = `${app.url}/webhook/monday`
const metaHook = `${app.url}/webhook/meta`
let items = 900

async function lead(national: string) {
  const phone = { phone: `0${national}`, country_short_name: 'IL' }
  const { id } = await monday.item({ id: String(++items), name: `Lead ${items}`, phone })
  assert.equal(await monday.created(id, mondayHook), 200)
  return { id, to: `972${national}` }
}
const statusOf = async (id: string) =>
  (await monday.tell()).items.find((each) => each.id === id)?.status
const sentTo = async (to: string) => (await meta.tell()).messages.filter((each) => each.to === to)
const hasStatus = (id: string, status: string) =>
  until(`the status ${status}`, async () => (await statusOf(id)) === status, 20_000)

async function runOf(itemId: string, journey = 'monday-whatsapp') {
  const { json } = await app.call('GET', '/journeys', undefined, key)
  const { id } = json.data.find(({ name }: { name: string }) => name === journey)
  const { json: runs } = await app.call('GET', `/journeys/${id}/runs?limit=100`, undefined, key)
  for (const run of runs.data) {
    const { json: whole } = await app.call('GET', `/journeys/${id}/runs/${run.id}`, undefined, key)
    if (JSON.stringify(whole).includes(`"${itemId}"`)) return whole
  }
  return undefined
}
const runHas = (itemId: string, status: string) =>
  until(
    `a run that is ${status}`,
    async () => {
      const run = await runOf(itemId)
      return run?.status === status && run
    },
    20_000,
  )

test('Meta’s handshake takes our token only', async () => {
  const ask = (token: string) =>
    fetch(`${metaHook}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`)
  const good = await ask('a%20verify%20token')
  assert.deepEqual([good.status, await good.text()], [200, '1158201444'])
  assert.equal((await ask('another')).status, 403)
})

test('a new lead is welcomed at once by the template, and followed up when nobody answers', async () => {
  const { id, to } = await lead('501234501')
  await hasStatus(id, 'נשלחה הודעה')
  const [welcome] = await sentTo(to)
  assert.equal(welcome?.type, 'template')
  assert.match(
    JSON.stringify(welcome?.body),
    /"name":"welcome_lead".*"code":"he".*"text":"Lead 901"/,
  )
  assert.equal(await monday.created(id, mondayHook), 200) // told again
  assert.equal(await monday.changed(id, mondayHook, 4242), 200) // what we did ourselves
  await hasStatus(id, 'אין מענה 1')
  await runHas(id, 'done')
  const names = (await sentTo(to)).map(({ body }) => (body['template'] as { name: string }).name)
  assert.deepEqual(names, ['welcome_lead', 'followup_lead'])
})

test('a reply ends the run and sets the sales call', async () => {
  const { id, to } = await lead('501234502')
  await hasStatus(id, 'נשלחה הודעה')
  const [welcome] = await sentTo(to)
  assert.equal(await meta.write(metaHook, { from: to, text: 'כן, מחר', answers: welcome!.id }), 200)
  await hasStatus(id, 'נקבעה שיחת מכירה')
  const run = await runHas(id, 'exited')
  assert.match(JSON.stringify(run), /human intervention/)
  assert.equal((await sentTo(to)).length, 1)
})

test('a person who changes the status has the lead to herself', async () => {
  const { id, to } = await lead('501234503')
  await hasStatus(id, 'נשלחה הודעה')
  await monday.item({ id, status: 'אין מענה 2', status_at: new Date().toISOString() })
  assert.equal(await monday.changed(id, mondayHook), 200)
  await runHas(id, 'exited')
  assert.equal((await sentTo(to)).length, 1)
  assert.equal(await statusOf(id), 'אין מענה 2')
})

test('a person who sets the sales call herself has the lead at once', async () => {
  const { id, to } = await lead('501234509')
  await hasStatus(id, 'נשלחה הודעה')
  await monday.item({ id, status: 'נקבעה שיחת מכירה', status_at: new Date().toISOString() })
  assert.equal(await monday.changed(id, mondayHook), 200)
  const run = await runHas(id, 'exited')
  assert.match(JSON.stringify(run), /human intervention/)
  assert.equal((await sentTo(to)).length, 1)
})

test('a message that one of ours writes with the WhatsApp Business app ends the run, the status untouched', async () => {
  const { id, to } = await lead('501234511')
  await hasStatus(id, 'נשלחה הודעה')
  assert.equal(await meta.writeByHand(metaHook, to, 'היי, כאן דנה'), 200)
  const run = await runHas(id, 'exited')
  assert.match(JSON.stringify(run), /human intervention.*message\.by_hand/)
  assert.equal(await statusOf(id), 'נשלחה הודעה')
  assert.equal((await sentTo(to)).length, 1)
})

test('a lead whose welcome another system sent is not welcomed again, and followed up when its time comes', async () => {
  const phone = { phone: '0501234512', country_short_name: 'IL' }
  const { id } = await monday.item({ id: String(++items), name: `Lead ${items}`, phone })
  await monday.item({ id, status: 'נשלחה הודעה', status_at: new Date().toISOString() })
  const lead = {
    ...{ itemId: id, phone: '+972501234512', name: 'Lead', status: 'נשלחה הודעה', isDone: false },
    ...{ createdAt: database.clock.now(), followupDueAt: database.clock.now() },
  }
  const [row] = await database.db.app<
    { id: string }[]
  >`select id from workspaces where slug = 'default'`
  const workspace = row!.id
  await inWorkspace(database.db, workspace, (tx) =>
    importLeads(tx, workspace, [lead], database.clock.now()),
  )
  assert.equal(await monday.created(id, mondayHook), 200)
  await hasStatus(id, 'אין מענה 1')
  const names = (await sentTo('972501234512')).map(
    ({ body }) => (body['template'] as { name: string }).name,
  )
  assert.deepEqual(names, ['followup_lead'])
})

test('a change that no webhook told is seen before the follow-up', async () => {
  const { id, to } = await lead('501234504')
  await hasStatus(id, 'נשלחה הודעה')
  await monday.item({ id, status: 'לא רלוונטי', status_at: new Date().toISOString() })
  const run = await runHas(id, 'exited')
  assert.match(JSON.stringify(run), /human intervention/)
  assert.equal((await sentTo(to)).length, 1)
})

test('a reply after the follow-up sets the sales call too; over a person’s status it becomes an update', async () => {
  const { id, to } = await lead('501234505')
  await hasStatus(id, 'אין מענה 1')
  await runHas(id, 'done')
  await meta.write(metaHook, { from: to, text: 'סליחה על האיחור' })
  await hasStatus(id, 'נקבעה שיחת מכירה')
  await monday.item({ id, status: 'לקוח' })
  await meta.write(metaHook, { from: to, text: 'עוד שאלה' })
  const updates = await until('an update', async () => {
    const { items } = await monday.tell()
    const found = items.find((each) => each.id === id)?.updates ?? []
    return found.length > 0 && found
  })
  assert.deepEqual(
    updates.map((each) => each.text_body),
    ['WhatsApp: עוד שאלה'],
  )
  assert.equal(await statusOf(id), 'לקוח')
})

test('monday away: the welcome goes, and the status is written when it is back', async () => {
  const { id, to } = await lead('501234506')
  await until('the welcome', async () => (await sentTo(to)).length > 0, 20_000)
  await hasStatus(id, 'נשלחה הודעה')
  const faults = [{ status: 503, times: 2 }]
  const second = await monday.item({
    id: '990',
    phone: { phone: '0501234507', country_short_name: 'IL' },
  })
  await monday.set({ faults })
  assert.equal(await monday.created(second.id, mondayHook), 200)
  await until('the status', async () => (await statusOf('990')) === 'נשלחה הודעה', 60_000)
})

test('a number that cannot be used ends failed, for a person, the status untouched', async () => {
  const phone = { phone: '12', country_short_name: 'IL' }
  await monday.item({ id: '991', phone })
  await monday.created('991', mondayHook)
  const run = await until('the end of the run', async () => {
    const found = await runOf('991')
    return found && ['failed', 'exited'].includes(found.status) && found
  })
  assert.equal(run.status, 'failed')
  assert.equal(run.attention, true)
  assert.equal(await statusOf('991'), null)
})

test('a welcome that Meta could not deliver ends the run for a person: no follow-up', async () => {
  const { id, to } = await lead('501234510')
  await hasStatus(id, 'נשלחה הודעה')
  const [welcome] = await sentTo(to)
  const errors = [{ code: 131026, title: 'Message undeliverable' }]
  const report = [{ id: welcome!.id, status: 'failed', recipient_id: to, errors }] as const
  assert.equal(await meta.report(metaHook, report), 200)
  const run = await runHas(id, 'failed')
  assert.equal(run.attention, true)
  assert.equal((await sentTo(to)).length, 1)
})

test('forged and repeated webhooks of Meta change nothing', async () => {
  assert.equal(await meta.write(metaHook, { from: '972501234599', text: 'x' }, false), 403)
  const { id, to } = await lead('501234508')
  await hasStatus(id, 'נשלחה הודעה')
  for (let n = 0; n < 3; n++)
    await meta.write(metaHook, { id: 'wamid.same', from: to, text: 'היי' })
  await hasStatus(id, 'נקבעה שיחת מכירה')
  const { json } = await app.call('GET', '/callbacks?limit=100', undefined, key)
  const failed = json.data.filter((each: { status: string }) => each.status === 'failed')
  assert.deepEqual(
    failed.map((each: { reason: string }) => each.reason),
    ['A handshake came with another verify token than ours.'],
  )
})

test('the view leads has document 002’s columns', async () => {
  const rows = await database.db.engine`
    select * from leads where monday_item_id in ('901', '902', '903') order by id
  `
  assert.deepEqual(Object.keys(rows[0] ?? {}), [
    ...['id', 'mondayItemId', 'phoneNumber', 'leadName', 'createdAt', 'status', 'followupDueAt'],
    'isDone',
  ])
  assert.deepEqual(
    rows.map((row) => [row['mondayItemId'], row['phoneNumber'], row['leadName'], row['status']]),
    [
      ['901', '+972501234501', 'Lead 901', 'אין מענה 1'],
      ['902', '+972501234502', 'Lead 902', 'נקבעה שיחת מכירה'],
      ['903', '+972501234503', 'Lead 903', 'אין מענה 2'],
    ],
  )
  assert.ok(rows.every((row) => row['isDone'] === true))
})

test('requests are as both vendors have them', async () => {
  assert.deepEqual((await monday.tell()).complaints, [])
  assert.deepEqual((await meta.tell()).complaints, [])
})
