/**
 * Document 002 as its user has it: five variables, `npm start`, and leads that are welcomed and
 * followed up. monday and Meta are servers of their own; ours is killed at the worst of times.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { META_PHONE_ID, META_TOKEN, startMeta } from './fakes/startMeta.ts'
import { BOARD, startMonday } from './fakes/startMonday.ts'
import { type Api, api } from './helpers/api.ts'
import { type ServerProcess, startServer, stopDatabase } from './helpers/process.ts'
import { until as untilWithin } from './helpers/until.ts'

const PATIENCE_MS = 60_000
const until = <T>(what: string, ask: () => Promise<T | undefined | false>) =>
  untilWithin(what, ask, PATIENCE_MS)
const SENT = 'נשלחה הודעה'
const NO_ANSWER = 'אין מענה 1'
const ANSWERED = 'נקבעה שיחת מכירה'
const APP_SECRET = 'an app secret'

const run = promisify(execFile)
const dataDir = await mkdtemp(join(tmpdir(), 'beckon-monday-'))
const [monday, meta] = await Promise.all([startMonday(), startMeta()])
const five = {
  ...{ MONDAY_API_KEY: 'monday-token', MONDAY_BOARD_ID: BOARD },
  ...{ META_API_TOKEN: META_TOKEN, META_PHONE_ID, ADMIN_SECRET: 'a verify token' },
}
const where = {
  ...{ MONDAY_BASE_URL: monday.baseUrl, META_BASE_URL: meta.baseUrl, DATA_DIR: dataDir },
}
const templates = {
  ...{ WHATSAPP_WELCOME_TEMPLATE: 'welcome_lead', WHATSAPP_FOLLOWUP_TEMPLATE: 'followup_lead' },
  META_APP_SECRET: APP_SECRET,
}
const allDay = { SEND_WINDOW_START_HOUR: '0', SEND_WINDOW_END_HOUR: '24' }
const soon = { FOLLOWUP_DELAY_HOURS: String(2 / 3_600) }

let server: ServerProcess
let key = ''
const call: Api = (...asked) => api(() => server.url, key)(...asked)
const start = async (by: 'npm' | 'node', more: Record<string, string> = {}) => {
  server = await startServer({ by, env: { ...five, ...where, ...more } })
}
before(async () => {
  await start('npm')
  key = /API key \(shown once\): (\S+)/.exec(server.output())?.[1] ?? ''
})
after(async () => {
  await server?.kill()
  await stopDatabase(dataDir)
  await Promise.all([monday.close(), meta.close()])
  await rm(dataDir, { recursive: true, force: true })
})

const mondayHook = () => `${server.url}/webhook/monday`
const metaHook = () => `${server.url}/webhook/meta`
let items = 500
let refused = '' // the item whose welcome Meta did not take

/** A new item on the board; `told`: its webhook is delivered. */
async function lead({ told = true } = {}) {
  const national = `50123${++items}`
  const phone = { phone: `0${national}0`, country_short_name: 'IL' }
  const now = { created_at: new Date().toISOString(), status_at: new Date().toISOString() }
  const { id } = await monday.item({ id: String(items), name: `Lead ${items}`, phone, ...now })
  if (told) assert.equal(await monday.created(id, mondayHook()), 200)
  return { id, to: `972${national}0` }
}
const statusOf = async (id: string) =>
  (await monday.tell()).items.find((each) => each.id === id)?.status ?? null
const sentTo = async (to: string) => (await meta.tell()).messages.filter((each) => each.to === to)
const hasStatus = (id: string, status: string) =>
  until(`the status ${status}`, async () => (await statusOf(id)) === status)
const names = async (to: string) =>
  (await sentTo(to)).map(({ body }) => (body['template'] as { name: string } | undefined)?.name)

async function runOf(itemId: string) {
  const { json } = await call('GET', '/journeys')
  const { id } = json.data.find((each: { name: string }) => each.name === 'monday-whatsapp')
  const { json: runs } = await call('GET', `/journeys/${id}/runs?limit=100`)
  for (const { id: runId } of runs.data) {
    const { json: run } = await call('GET', `/journeys/${id}/runs/${runId}`)
    if (JSON.stringify(run).includes(`"${itemId}"`)) return run
  }
  return undefined
}
const runIs = (itemId: string, fits: (run: { status: string; step: string | null }) => boolean) =>
  until(`the run of ${itemId}`, async () => {
    const run = await runOf(itemId)
    return run !== undefined && fits(run) && run
  })

test('five variables are the whole set-up, and the start says what they cannot do', async () => {
  for (const words of ['WHATSAPP_WELCOME_TEMPLATE is not set', 'META_APP_SECRET is not set'])
    assert.match(server.output(), new RegExp(words))
  assert.match(server.output(), /"event":"scheduler_started"/)
  const { json: root } = await call('GET', '/')
  assert.equal(root.message, 'Lead Automation Service is running')
  assert.equal((await call('GET', '/health')).json.status, 'healthy')
  await meta.set({ wrote: { '972501235010': Date.now() } })
  const { id, to } = await lead()
  await hasStatus(id, SENT)
  const [welcome] = await sentTo(to)
  assert.equal(welcome?.type, 'text')
  assert.match(JSON.stringify(welcome?.body), /Lead 501/)
  const line = await logged('lead_processed_successfully')
  assert.deepEqual([line.lead_id, line.phone, line.status], [id, '+972…10', SENT])
  assert.ok(!Number.isNaN(Date.parse(line.timestamp)))
})

/** The newest line of the log about this. */
const logged = (event: string) =>
  until(`${event} in the log`, async () => {
    const lines = server.output().split('\n')
    const line = lines.findLast((each) => each.includes(`"event":"${event}"`))
    return line !== undefined && JSON.parse(line)
  })

test('to somebody who has not written Meta refuses the text: a person is told, the status untouched', async () => {
  const { id } = await lead()
  const run = await runIs(id, ({ status }) => ['failed', 'exited'].includes(status))
  assert.deepEqual([run.status, run.attention], ['failed', true])
  assert.match(run.detail, /131047/)
  assert.equal(await statusOf(id), null)
  const line = await logged('a run needs a person')
  assert.equal(line.run_id, run.id)
  assert.match(line.detail, /131047/)
  refused = id
})

test('once the templates are named, `beckon journey retry` welcomes who could not be, once', async () => {
  await meta.set({ appSecret: APP_SECRET, templates: ['welcome_lead', 'followup_lead'] })
  await server.stop()
  await start('node', { ...templates, ...allDay })
  const command = ['src/main.ts', 'journey', 'retry', 'monday-whatsapp']
  const env = { ...process.env, DATABASE_URL: '', ...five, ...where, ...templates }
  for (const retried of [1, 0]) {
    const { stdout } = await run(process.execPath, command, { env })
    assert.equal(JSON.parse(stdout).retried, retried)
  }
  await hasStatus(refused, SENT)
  await runIs(refused, ({ step }) => step === 'day')
  assert.deepEqual(await names('972501235020'), ['welcome_lead'])
})

test('killed once it has the webhook, it welcomes once; killed while it waits, it follows up once', async () => {
  await server.stop()
  await start('node', { ...templates, ...allDay, FOLLOWUP_DELAY_HOURS: String(20 / 3_600) })
  const { id, to } = await lead()
  await server.kill()
  await start('node', { ...templates, ...allDay, FOLLOWUP_DELAY_HOURS: String(5 / 3_600) })
  assert.equal(await monday.created(id, mondayHook()), 200)
  await hasStatus(id, SENT)
  await server.kill()
  await start('node', { ...templates, ...allDay, ...soon })
  await hasStatus(id, NO_ANSWER)
  await runIs(id, ({ status }) => status === 'done')
  assert.deepEqual(await names(to), ['welcome_lead', 'followup_lead'])
})

test('killed before Meta’s answer is written down: what Meta says later counts, and the status is written, monday away or not', async () => {
  await server.stop()
  await start('node', { ...templates, ...allDay, FOLLOWUP_DELAY_HOURS: '1' }) // however late we kill
  const { id, to } = await lead()
  const [welcome] = await until('the welcome', async () => {
    const sent = await sentTo(to)
    return sent.length === 1 && sent
  })
  await server.kill()
  await start('node', { ...templates, ...allDay, FOLLOWUP_DELAY_HOURS: '1' })
  await monday.set({ faults: [{ status: 503, times: 2 }] })
  const data = String(welcome!.body['biz_opaque_callback_data'])
  const told = { id: welcome!.id, recipient_id: to, biz_opaque_callback_data: data }
  for (const status of ['delivered', 'sent'] as const) // out of order, as it happens
    assert.equal(await meta.report(metaHook(), [{ ...told, status }]), 200)
  await hasStatus(id, SENT)
  assert.equal((await sentTo(to)).length, 1)
})

test('a reply that came while we were away ends the run and sets the sales call', async () => {
  const { id, to } = await lead()
  await hasStatus(id, SENT)
  const [welcome] = await sentTo(to)
  await server.kill()
  await start('node', { ...templates, ...allDay, FOLLOWUP_DELAY_HOURS: '1' })
  const reply = { id: 'wamid.away', from: to, text: 'כן', answers: welcome!.id }
  for (let time = 0; time < 3; time++) assert.equal(await meta.write(metaHook(), reply), 200)
  await hasStatus(id, ANSWERED)
  const run = await runIs(id, ({ status }) => status === 'exited')
  assert.match(JSON.stringify(run), /human intervention/)
  assert.equal((await sentTo(to)).length, 1)
})

test('a webhook that was lost is made good by a look at the board', async () => {
  const { id } = await lead({ told: false })
  await server.stop()
  await start('node', { ...templates, ...allDay, ...soon })
  await hasStatus(id, NO_ANSWER)
})

test('at night and on holidays the follow-up waits; a person’s status or a reply silences it; by day it goes', async () => {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Jerusalem' })
  const dates = [0, 1].map((days) => today.format(Date.now() + days * 86_400_000))
  const holiday = { ...allDay, SEND_WINDOW_HOLIDAYS: dates.join() }
  await server.stop()
  await start('node', { ...templates, ...holiday, ...soon })
  const [waits, changed, answers] = [await lead(), await lead(), await lead()]
  for (const { id } of [waits, changed, answers]) {
    await hasStatus(id, SENT)
    await runIs(id, ({ step }) => step === 'by_day')
  }
  await monday.item({ id: changed.id, status: 'לא רלוונטי', status_at: new Date().toISOString() })
  assert.equal(await monday.changed(changed.id, mondayHook()), 200)
  const run = await runIs(changed.id, ({ status }) => status === 'exited')
  assert.match(JSON.stringify(run), /human.intervention/)
  await meta.write(metaHook(), { from: answers.to, text: 'היי' })
  await hasStatus(answers.id, ANSWERED)
  assert.equal((await sentTo(waits.to)).length, 1)
  assert.equal((await runOf(waits.id)).status, 'waiting')
  await server.stop()
  await start('node', { ...templates, ...allDay, ...soon })
  const { json } = await call('GET', '/journeys')
  const { id } = json.data.find((each: { name: string }) => each.name === 'monday-whatsapp')
  const { id: runId } = await runOf(waits.id)
  const skipped = await call('POST', `/journeys/${id}/runs/${runId}/run-now`)
  assert.ok(skipped.status < 300, JSON.stringify(skipped.json))
  await hasStatus(waits.id, NO_ANSWER)
  assert.deepEqual(await names(waits.to), ['welcome_lead', 'followup_lead'])
  for (const { to } of [changed, answers]) assert.equal((await sentTo(to)).length, 1)
})

test('a reply while the follow-up is queued: it is not sent', async () => {
  await meta.set({ faults: [{ status: 503, times: 1_000, template: 'followup_lead' }] })
  const { id, to } = await lead()
  await hasStatus(id, SENT)
  await runIs(id, ({ step }) => step === 'follow_up_gone')
  await meta.write(metaHook(), { from: to, text: 'אני כאן' })
  await hasStatus(id, ANSWERED)
  await runIs(id, ({ status }) => status === 'exited')
  await meta.set({ faults: [] })
  const left = await until('the queued message to end', async () => {
    const { json } = await call('GET', '/notifications?limit=100')
    const own = json.data.filter((each: { to: string | null }) => each.to?.includes(to))
    return (
      own.every(
        ({ status }: { status: string }) => !['queued', 'sending', 'held'].includes(status),
      ) && own
    )
  })
  assert.equal((await sentTo(to)).length, 1, JSON.stringify(left))
})

test('requests are as both vendors have them', async () => {
  assert.deepEqual((await monday.tell()).complaints, [])
  assert.deepEqual((await meta.tell()).complaints, [])
  assert.equal(await server.stop(), 0, server.output())
})
