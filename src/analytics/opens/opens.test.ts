/** Document 000's questions over events as a connector records them, through the running program. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { startFaultServer } from '../../../test/fakes/startFaultServer.ts'
import { startTestApp } from '../../../test/helpers/app.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { until } from '../../../test/helpers/until.ts'
import { type EventInput, recordEvents } from '../../events/record.ts'
import { reclassify, writeSent } from './project.store.ts'
import { projectOpens } from './project.ts'
import { opensOfWeek, type WeekHour } from './week.store.ts'

const database = await testDatabase()
const discord = await startFaultServer()
after(() => discord.close())
const { app, call, keyFor } = await startTestApp(database, {
  TIME_ZONE: 'Asia/Jerusalem',
  DISCORD_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/secret-token',
  DISCORD_BASE_URL: `${discord.url('discord')}/api/v10`,
})
const workspaceId = app.defaultWorkspaceId
const key = await keyFor('default')
const get = async (path: string) => {
  const { status, json, text } = await call('GET', path, undefined, key)
  assert.equal(status, 200, text)
  return json
}

const event = (name: string, at: string, properties: EventInput['properties']): EventInput => ({
  ...{ workspaceId, name, contactId: null, messageId: null, source: 'close' },
  ...{
    at: new Date(at),
    properties,
    key: `${name} ${properties['open_key'] ?? properties['email_id']}`,
  },
})
const sent = (email_id: string, lead_id: string, at: string) =>
  event('email.sent', at, { email_id, lead_id })
let opens = 0
const opened = (email_id: string, lead_id: string, at: string, more = {}) =>
  event('email.opened', at, {
    ...{ open_key: `open-${++opens}`, email_id, lead_id, lead_name: `Lead ${lead_id}` },
    ...{ subject: 'Offer', recipient: 'someone@example.com', opens_count: 1, class: 'human' },
    ...more,
  })

async function record(events: EventInput[]) {
  const { engine, clock } = app.db
  await recordEvents(engine, events, clock.now())
  await until('the events to be added up', async () => {
    const [row] =
      await engine`select count(*)::int as n from event_queue where subscriber = 'opens'`
    return row?.['n'] === 0
  })
}

test('each question is answered from the same opens, however often they are told', async () => {
  const events = [
    sent('mail-1', 'lead-a', '2026-03-01T08:00:00Z'),
    sent('mail-2', 'lead-b', '2026-03-01T08:00:00Z'),
    opened('mail-1', 'lead-a', '2026-03-01T08:10:00Z'),
    opened('mail-1', 'lead-a', '2026-03-01T22:30:00Z', { opens_count: 2 }), // Monday in Jerusalem
    opened('mail-3', 'lead-c', '2026-03-01T23:00:00Z', { class: 'machine' }),
    event('email.received', '2026-03-01T09:00:00Z', { email_id: 'mail-4', lead_id: 'lead-a' }),
  ]
  await record(events)
  await record(events)

  assert.deepEqual(await get('/analytics/summary'), {
    ...{ time_zone: 'Asia/Jerusalem', total_opens: 3, unique_emails: 2, unique_leads: 2 },
    ...{ opens_today: 0, machine_opens: 1, last_open_at: '2026-03-01T23:00:00.000Z' },
  })
  const recent = await get('/analytics/recent?limit=1')
  assert.deepEqual(
    recent.data.map((row: Record<string, unknown>) => [row['email_id'], row['opens_count']]),
    [['mail-3', 1]],
  )
  assert.equal(recent.data[0].notified_at, null)

  const sunday = await get('/analytics/by-date?date=2026-03-01')
  assert.deepEqual([sunday.total_opens, sunday.unique_emails, sunday.opens.length], [1, 1, 1])
  const monday = await get('/analytics/by-date?date=2026-03-02')
  assert.deepEqual([monday.total_opens, monday.machine_opens], [2, 1])

  const leads = await get('/analytics/top-leads')
  assert.deepEqual(
    leads.data.map((row: Record<string, unknown>) => [
      row['lead_id'],
      row['opens_count'],
      row['emails'],
    ]),
    [
      ['lead-a', 2, 1],
      ['lead-c', 1, 1],
    ],
  )
  const hours = (await get('/analytics/by-time')).data
  assert.equal(hours.length, 24)
  assert.deepEqual(
    [hours[10], hours[0], hours[1]],
    [
      { hour: 10, opens: 1, human_opens: 1 },
      { hour: 0, opens: 1, human_opens: 1 },
      { hour: 1, opens: 1, human_opens: 0 },
    ],
  )
  const days = (await get('/analytics/by-day')).data
  assert.deepEqual(
    [days[6], days[0]],
    [
      { day: 'Sunday', opens: 1, human_opens: 1 },
      { day: 'Monday', opens: 2, human_opens: 1 },
    ],
  )
  assert.deepEqual(await get('/analytics/engagement'), {
    // One of the two that were opened was sent before there was a connection: it is in no rate.
    ...{ time_zone: 'Asia/Jerusalem', emails_sent: 2, emails_opened: 2, open_rate: 0.5 },
    ...{ avg_opens_per_email: 1.5, avg_opens_per_lead: 1.5, reply_count: 1 },
    ...{ response_rate: 0.5, median_minutes_to_open: 10 },
  })
})

test('an open that turns out to be a machine’s is counted as one, and only once', async () => {
  const changed = { open_key: 'open-1', email_id: 'mail-1', class: 'machine' }
  const events = [event('email.open_reclassified', '2026-03-02T00:00:00Z', changed)]
  await record(events)
  await record(events)
  assert.equal((await get('/analytics/summary')).machine_opens, 2)
  const hours = (await get('/analytics/by-time')).data
  assert.deepEqual(hours[10], { hour: 10, opens: 1, human_opens: 0 })
  const week = (await get('/analytics/by-week')).data
  const human = week.filter((each: { human_opens: number | null }) => each.human_opens)
  assert.deepEqual(human, [{ day: 'Monday', hour: 0, opens: 1, human_opens: 1 }])
})

test('notification_log has the columns of the document', async () => {
  const [row] = await app.db.engine`select * from notification_log order by id limit 1`
  assert.deepEqual(Object.keys(row ?? {}), [
    ...['id', 'emailId', 'leadId', 'leadName', 'subject', 'recipient', 'opensCount', 'openedAt'],
    'notifiedAt',
  ])
})

test('other sources are asked for by name, and bad questions are refused', async () => {
  const other = { ...opened('other-1', 'lead-z', '2026-03-01T08:10:00Z'), source: 'hubspot' }
  await record([other])
  assert.equal((await get('/analytics/summary')).total_opens, 3)
  assert.equal((await get('/analytics/summary?source=all')).total_opens, 4)
  for (const bad of ['recent?limit=0', 'recent?limit=101', 'by-date?date=yesterday', 'summary?x=1'])
    assert.equal((await call('GET', `/analytics/${bad}`, undefined, key)).status, 422, bad)
  assert.equal((await call('GET', '/analytics/summary')).status, 401)
})

test('the figures are there before anything is connected', async () => {
  const stats = await get('/stats')
  assert.equal(stats.polling.enabled, false)
  assert.deepEqual(stats.webhook, { last_at: null, received: 0, rejected: 0, silent: false })
  assert.equal(stats.notifications.sent, 0)
  assert.equal(stats.notifications.machine_suppressed, 2)
})

test('a week has each hour once, also where the clock changes, and none that was not yet', async () => {
  const source = 'clock'
  const times = [
    ...['2026-03-26T23:30:00Z', '2026-03-27T00:30:00Z'], // Friday 01:30 and, an hour on, 03:30
    ...['2026-10-24T22:30:00Z', '2026-10-24T23:30:00Z'], // Sunday 01:30, twice
  ]
  await record(times.map((at) => ({ ...opened(`mail ${at}`, 'lead-c', at), source })))
  const asked = (now: string) =>
    opensOfWeek(app.db.engine, workspaceId, source, {
      ...{ zone: 'Asia/Jerusalem', now: new Date(now) },
    })
  const opensAt = (rows: readonly WeekHour[], day: number, hour: number) =>
    rows.find((row) => row.day === day && row.hour === hour)?.opens
  const later = await asked('2026-11-01T00:00:00Z')
  assert.equal(later.length, 7 * 24)
  assert.deepEqual(
    [1, 2, 3].map((hour) => opensAt(later, 5, hour)),
    [1, 0, 1],
  )
  assert.deepEqual([opensAt(later, 7, 1), opensAt(later, 7, 2)], [2, 0])
  const sameDay = await asked('2026-03-27T03:59:00Z') // 06:59
  assert.deepEqual(
    [0, 1, 2, 3, 4, 6, 7].map((hour) => opensAt(sameDay, 5, hour)),
    [undefined, 1, undefined, 1, 0, 0, undefined],
  )
  const sum = (rows: { opens: number | null }[]) =>
    rows.reduce((all, { opens: n }) => all + (n ?? 0), 0)
  const weeks = (await get('/analytics/by-week?source=all')).data
  assert.deepEqual([weeks.length, weeks[0].day, weeks[167].day], [168, 'Monday', 'Sunday'])
  assert.equal(sum(weeks), sum((await get('/analytics/by-day?source=all')).data))
})

test('a test alert answers what Discord said, and is counted nowhere', async () => {
  const ask = async () => (await call('POST', '/test/notification', undefined, key)).json
  await discord.define('discord', {
    do: 'reply',
    status: 200,
    body: '{"id":"1180000000000000001"}',
  })
  assert.equal((await ask()).status, 'sent')
  assert.equal((await discord.received('discord')).length, 1)
  const gone = '{"code":10015,"message":"Unknown Webhook"}'
  await discord.define('discord', { do: 'reply', status: 404, body: gone })
  const refused = await ask()
  assert.equal(refused.status, 'failed')
  assert.match(refused.detail, /Unknown Webhook/)
  const [counted] = await app.db.engine`select count(*)::int as n from messages`
  assert.equal(counted?.['n'], 0)
})

test('two batches of a source wait for each other and do not deadlock', async () => {
  const { engine, clock } = app.db
  const at = '2026-03-03T10:00:00Z'
  const source = 'busy'
  await record([{ ...opened('mail-5', 'lead-d', at, { open_key: 'calm' }), source }])
  let other: Promise<unknown> = Promise.resolve()
  const { name, properties } = opened('mail-6', 'lead-d', at, { open_key: 'crowded' })
  const queued = {
    ...{ id: randomUUID(), name, source, properties: properties ?? {}, at: new Date(at) },
    ...{ contactId: null, messageId: null, recordedAt: clock.now() },
  }
  await engine.begin(async (tx) => {
    const [mine] = await tx`select pg_backend_pid() as pid`
    const emails = [{ source, emailId: 'mail-7', leadId: null, sentAt: new Date(at) }]
    await writeSent(tx, workspaceId, emails)
    other = engine.begin((second) => projectOpens(second, workspaceId, [queued]))
    other.catch(() => {}) // awaited below
    await until('the other batch to wait', async () => {
      const [row] = await engine`
        select count(*)::int as n from pg_stat_activity where ${mine?.['pid']} = any(pg_blocking_pids(pid))
      `
      return row?.['n'] === 1
    })
    await reclassify(tx, workspaceId, [{ source, openKey: 'calm', machine: true }])
  })
  await other
  const [totals] = await engine`select * from open_totals where source = ${source}`
  assert.deepEqual([totals?.['opens'], totals?.['machineOpens'], totals?.['emailsSent']], [2, 1, 1])
})
