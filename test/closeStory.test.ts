/**
 * Document 000 as its user has it: two variables, `npm start`, and alerts. Close and Discord are
 * servers of their own, built on their vendors' contracts; nothing else is simulated.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { startClose } from './fakes/startClose.ts'
import { startDiscord } from './fakes/startDiscord.ts'
import { type Api, api } from './helpers/api.ts'
import { hookOf, readAlert } from './helpers/closeWorld.ts'
import { type ServerProcess, startServer, stopDatabase } from './helpers/process.ts'
import { mailbox } from './helpers/syncWorld.ts'
import { until as untilWithin } from './helpers/until.ts'

const ZONE = 'Asia/Jerusalem'
const PATIENCE_MS = 30_000
const until = <T>(what: string, ask: () => Promise<T | undefined | false>) =>
  untilWithin(what, ask, PATIENCE_MS)
const run = promisify(execFile)
const dataDir = await mkdtemp(join(tmpdir(), 'beckon-close-'))
const [close, discord] = await Promise.all([startClose(), startDiscord()])
const env = {
  CLOSEIO_API_KEY: 'api_test',
  DISCORD_WEBHOOK_URL: discord.webhookUrl,
  // Where things are; what a user would not set.
  ...{ CLOSEIO_BASE_URL: close.baseUrl, DATA_DIR: dataDir, TIME_ZONE: ZONE },
}
const box = mailbox(close, 'box')
let server: ServerProcess
let key = ''
const call: Api = (...asked) => api(() => server.url, key)(...asked)

const start = async (by: 'npm' | 'node', more: Record<string, string> = {}) => {
  server = await startServer({ by, env: { ...env, ...more } })
}
before(async () => {
  await close.set({ leads: { lead_box: 'Analytical Engines' } })
  const old = await box.send(ago(7_200))
  await box.open(old.object_id, ago(3_600))
  await start('npm')
  key = /API key \(shown once\): (\S+)/.exec(server.output())?.[1] ?? ''
})
after(async () => {
  await server?.kill()
  await stopDatabase(dataDir)
  await Promise.all([close.close(), discord.close()])
  await rm(dataDir, { recursive: true, force: true })
})

function ago(seconds: number): Date {
  return new Date(Date.now() - seconds * 1_000)
}
const mail = async (to = 'ada@gmail.com') => (await box.send(ago(3_600), to)).object_id
const alerts = async () => (await discord.tell()).messages.map(({ body }) => readAlert(body))
const alertsAbout = async (to: string) => (await alerts()).filter(({ text }) => text.includes(to))
const alertTo = (to: string, has: (text: string) => boolean = () => true) =>
  until(`the alert about ${to}`, async () => {
    const found = (await alertsAbout(to))[0]
    return found && has(found.title + found.text) && found
  })

/** Asks Close now, and waits until that is done. */
async function poll() {
  const { json } = await call('GET', '/connectors')
  const { id } = json.data[0]
  const done = async () => {
    const { json: runs } = await call('GET', '/sync?limit=100')
    return runs.data.filter((each: { status: string }) => each.status === 'done').length
  }
  const sofar = await done()
  const asked = await call('POST', '/sync', { connection_id: id })
  assert.equal(asked.status, 202, JSON.stringify(asked.json))
  await until('the poll', async () => (await done()) > sofar)
}

/** No event and no message waits any more. */
const quiet = () =>
  until('everything to be done', async () => {
    const { json } = await call('GET', '/stats')
    const { json: journeys } = await call('GET', '/journeys')
    const { id } = journeys.data[0]
    const { json: live } = await call('GET', `/journeys/${id}/runs?status=active&limit=1`)
    return json.notifications.waiting === 0 && live.data.length === 0
  })

test('what was opened before the first start raises no alert', async () => {
  await poll()
  const told = await box.open(await mail('new@gmail.com'), new Date())
  assert.equal(await close.deliver(told, hookOf(server, null)), 200)
  await alertTo('new@gmail.com') // the old one would have come before
  assert.equal((await alerts()).length, 1)
})

test('an open that webhook and poll tell of is one alert that says who, what and when', async () => {
  const at = new Date()
  const event = await box.open(await mail('ada@gmail.com'), at)
  assert.equal(await close.deliver(event, hookOf(server, null)), 200)
  await poll()
  assert.equal(await close.deliver(event, hookOf(server, null)), 200)
  const { title, text } = await alertTo('ada@gmail.com')
  assert.match(title, /Analytical Engines opened an email/)
  for (const words of [
    ...['**Lead:** Analytical Engines', '**Subject:** An offer', '**Recipient:** ada@gmail.com'],
    ...['**Opens:** 1', 'https://app.close.com/lead/lead_box/', ` (${ZONE})`, clockAt(at)],
  ])
    assert.ok(text.includes(words), `${words} in ${text}`)
  await poll()
  await quiet()
  assert.equal((await alertsAbout('ada@gmail.com')).length, 1)
})

function clockAt(at: Date): string {
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: ZONE }).format(at)
}

test('the same email opened again counts up in place', async () => {
  const id = await mail('again@gmail.com')
  const first = await box.open(id, ago(1))
  await close.deliver(first, hookOf(server, null))
  await alertTo('again@gmail.com')
  await box.open(id, new Date())
  await poll()
  await alertTo('again@gmail.com', (text) => text.includes('**Opens:** 2'))
  await close.deliver(first, hookOf(server, null))
  await quiet()
  const all = await alertsAbout('again@gmail.com')
  assert.equal(all.length, 1)
  assert.ok(all[0]!.text.includes('**Opens:** 2'))
})

test('killed after it took the webhook and before the alert, it alerts once when it is back', async () => {
  await server.stop()
  await start('node')
  await until('the first poll', async () => {
    const { json } = await call('GET', '/connectors')
    return json.data[0].tasks.every((each: { running: boolean }) => !each.running)
  })
  const event = await box.open(await mail('kill@gmail.com'), new Date())
  assert.equal(await close.deliver(event, hookOf(server, null)), 200)
  await server.kill()
  const before = (await alertsAbout('kill@gmail.com')).length
  await start('node')
  await alertTo('kill@gmail.com')
  await close.deliver(event, hookOf(server, null))
  await poll()
  await quiet()
  assert.ok(before <= 1)
  assert.equal((await alertsAbout('kill@gmail.com')).length, 1)
  assert.equal((await alerts()).length, 4) // and none of the older ones again
})

test('an open that is clearly a machine’s raises none', async () => {
  const id = await mail('apple@gmail.com')
  await close.deliver(
    await box.open(id, new Date(), { agent: 'Mozilla/5.0' }),
    hookOf(server, null),
  )
  await poll()
  await quiet()
  assert.deepEqual(await alertsAbout('apple@gmail.com'), [])
  await until('the open to be counted', async () => {
    const { json } = await call('GET', '/stats')
    return json.notifications.machine_suppressed === 1
  })
})

test('alerts about a gateway’s opens are marked when it shows itself', async () => {
  const people = Array.from({ length: 6 }, (_, n) => `p${n}@looms.example`)
  for (const to of people) {
    const event = await box.open(await mail(to), new Date(), { ip: '198.51.100.9' })
    await close.deliver(event, hookOf(server, null))
  }
  for (const to of people) await alertTo(to, (text) => text.includes('a machine opened'))
  await quiet()
  for (const to of people) assert.equal((await alertsAbout(to)).length, 1, to)
})

test('429 is waited for, and the alert goes once', async () => {
  const body = { message: 'You are being rate limited.', retry_after: 1.5, global: true }
  await discord.set({ faults: [{ status: 429, times: 1, body }] })
  const event = await box.open(await mail('limit@gmail.com'), new Date())
  await close.deliver(event, hookOf(server, null))
  await alertTo('limit@gmail.com')
  await quiet()
  assert.equal((await alertsAbout('limit@gmail.com')).length, 1)
})

test('a webhook deleted in Discord stops the sender; alerts wait until a person has set another', async () => {
  await discord.set({ gone: true })
  const event = await box.open(await mail('gone@gmail.com'), new Date())
  await close.deliver(event, hookOf(server, null))
  const sender = await until('the sender to be paused', async () => {
    const { json } = await call('GET', '/providers')
    const found = json.data.find(
      (each: { provider: string; status: string }) => each.provider === 'discord',
    )
    return found.status === 'paused' && found
  })
  assert.match(sender.status_reason, /Unknown Webhook/)
  const { json: verdict } = await call('POST', '/test/notification')
  assert.equal(verdict.status, 'failed')
  const asked = (await discord.tell()).requests
  const next = await box.open(await mail('wait@gmail.com'), new Date())
  await close.deliver(next, hookOf(server, null))
  await until('the alert to wait', async () => {
    const { json } = await call('GET', '/stats')
    return json.notifications.waiting >= 2
  })
  assert.equal((await discord.tell()).requests, asked)
  await discord.set({ gone: false })
  await server.stop()
  await start('node', { DISCORD_WEBHOOK_URL: `${discord.webhookUrl}-anew` })
  for (const to of ['gone@gmail.com', 'wait@gmail.com']) await alertTo(to)
  await quiet()
  for (const to of ['gone@gmail.com', 'wait@gmail.com'])
    assert.equal((await alertsAbout(to)).length, 1)
})

test('the test alert answers what Discord said', async () => {
  const { status, json } = await call('POST', '/test/notification')
  assert.equal(status, 200)
  assert.equal(json.status, 'sent', json.detail)
})

test('/stats and the seven questions tell what happened', async () => {
  const get = async (path: string) => {
    const { status, json } = await call('GET', path)
    assert.equal(status, 200, path)
    return json
  }
  const stats = await get('/stats')
  assert.equal(stats.polling.enabled, true)
  assert.equal(stats.polling.last_error, null)
  assert.ok(stats.webhook.received > 10)
  const opens = 15 // 1 new, 1 ada, 2 again, 1 kill, 1 apple, 6 gateway, 1 limit, gone, wait
  const summary = await until('the opens to be added up', async () => {
    const found = await get('/analytics/summary')
    return found.total_opens === opens && found.machine_opens === 7 && found
  })
  assert.equal(summary.opens_today + summary.total_opens >= opens, true)
  assert.deepEqual([summary.unique_leads, summary.time_zone], [1, ZONE])
  assert.equal((await get('/analytics/recent?limit=3')).data.length, 3)
  const [newest] = (await get('/analytics/recent')).data
  assert.deepEqual([newest.lead_name, newest.recipient], ['Analytical Engines', 'wait@gmail.com'])
  assert.ok(newest.notified_at)
  assert.ok((await get('/analytics/by-date')).total_opens > 0)
  const [lead] = (await get('/analytics/top-leads?limit=1')).data
  assert.equal(lead.lead_name, 'Analytical Engines')
  assert.equal((await get('/analytics/by-time')).data.length, 24)
  assert.equal((await get('/analytics/by-day')).data.length, 7)
  assert.equal((await get('/analytics/engagement')).time_zone, ZONE)
})

test('`beckon connector close subscribe` makes the subscription, and only its signature counts from then on', async () => {
  const PUBLIC_URL = 'https://alerts.example.com'
  const command = ['src/main.ts', 'connector', 'close', 'subscribe']
  const options = { env: { ...process.env, DATABASE_URL: '', ...env, PUBLIC_URL } }
  const { stdout } = await run(process.execPath, command, options)
  assert.match(stdout, /https:\/\/alerts\.example\.com\/webhook\/closeio/)
  const [made] = (await close.tell()).webhooks
  assert.equal(made?.url, `${PUBLIC_URL}/webhook/closeio`)
  const event = await box.open(await mail('signed@gmail.com'), new Date())
  assert.equal(await close.deliver(event, hookOf(server, 'cd'.repeat(32))), 401)
  assert.equal(await close.deliver(event, hookOf(server, null)), 401)
  await quiet()
  assert.deepEqual(await alertsAbout('signed@gmail.com'), [])
  assert.equal(await close.deliver(event, hookOf(server, made?.signature_key ?? null)), 200)
  await alertTo('signed@gmail.com')
  assert.equal((await call('GET', '/stats')).json.webhook.rejected, 2)
})

test('settings: machine opens too, and a new alert for each open', async () => {
  await server.stop()
  const [made] = (await close.tell()).webhooks
  await start('node', { ALERT_MACHINE_OPENS: 'true', ALERT_REPEAT_OPENS: 'new' })
  const id = await mail('every@gmail.com')
  const deliver = async (agent?: string) => {
    const event = await box.open(id, new Date(), agent ? { agent } : {})
    assert.equal(await close.deliver(event, hookOf(server, made?.signature_key ?? null)), 200)
  }
  await deliver('Mozilla/5.0')
  await alertTo('every@gmail.com', (text) => text.includes('A machine opened it'))
  await deliver()
  await until('a second alert', async () => (await alertsAbout('every@gmail.com')).length === 2)
})

test('every request was one that Close and Discord take', async () => {
  assert.deepEqual((await close.tell()).complaints, [])
  assert.deepEqual((await discord.tell()).complaints, [])
  assert.equal(await server.stop(), 0, server.output())
})
