/**
 * Document 000's two modes, each alone: polls where the internet cannot reach us, webhooks where
 * nobody polls. And what Discord would not take, or does not answer.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { api } from './helpers/api.ts'
import { API_KEY, CLOSE_KEY, closeWorld, hookOf } from './helpers/closeWorld.ts'
import { testDatabase } from './helpers/database.ts'
import type { ServerProcess } from './helpers/process.ts'
import { mailbox } from './helpers/syncWorld.ts'
import { until as untilWithin } from './helpers/until.ts'

const PATIENCE_MS = 40_000
const until = <T>(what: string, ask: () => Promise<T | undefined | false>) =>
  untilWithin(what, ask, PATIENCE_MS)
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000)

/** A server of its own world; its mail was sent an hour ago, unless something else is said. */
async function begin(prefix: string, settings: Record<string, string>) {
  const world = await closeWorld(await testDatabase())
  await world.close.set({ leads: { [`lead_${prefix}`]: 'Analytical Engines' } })
  const box = mailbox(world.close, prefix)
  const old = await box.send(ago(7_200), 'old@gmail.com')
  await box.open(old.object_id, ago(3_600))
  const server = await world.start({ OREE_API_KEY: API_KEY, ...settings })
  const call = api(() => server.url, API_KEY)
  const stats = async () => (await call('GET', '/stats')).json
  const alertsAbout = async (to: string) =>
    (await world.alerts()).filter(({ text }) => text.includes(to))
  const alertTo = (to: string) =>
    until(`the alert about ${to}`, async () => (await alertsAbout(to))[0])
  const mail = async (to: string) => (await box.send(ago(3_600), to)).object_id
  return { ...world, box, server, call, stats, alertsAbout, alertTo, mail }
}

/** What Close was asked that begins with the path. */
const asked = async (world: Awaited<ReturnType<typeof begin>>, path: string) =>
  (await world.close.tell()).requests.filter((each) => each.path.startsWith(path)).length

/** What `beckon doctor` says about something. */
async function doctor(env: Record<string, string>, about: string): Promise<string> {
  const options = { env: { ...process.env, ...env, PUBLIC_URL: 'http://localhost:8000' } }
  const run = promisify(execFile)(process.execPath, ['src/main.ts', 'doctor'], options)
  const { stdout } = await run.catch((failed: { stdout: string }) => failed) // 1: something failed
  const { checks } = JSON.parse(stdout) as { checks: { check: string; [part: string]: unknown }[] }
  return checks
    .filter(({ check }) => check === about)
    .map(({ detail, mend }) => `${detail} ${mend}`)
    .join('\n')
}

const fits = async ({ close, discord, server }: Awaited<ReturnType<typeof begin>>) => {
  assert.deepEqual((await close.tell()).complaints, [])
  assert.deepEqual((await discord.tell()).complaints, [])
  assert.equal(await (server as ServerProcess).stop(), 0)
}

test('polls alone: new opens are alerted once each, those of before the start never', async () => {
  const world = await begin('poll', { POLLING_INTERVAL_SECONDS: '10' })
  const { box, stats, alertTo, alertsAbout, alerts, mail } = world
  await until('the first poll', async () => (await stats()).polling.last_at !== null)
  const id = await mail('ada@gmail.com')
  await box.open(id, new Date())
  const { title } = await alertTo('ada@gmail.com')
  assert.match(title, /Analytical Engines opened an email/)
  const { last_at: first } = (await stats()).polling
  await until('a further poll', async () => (await stats()).polling.last_at !== first)
  assert.equal((await alertsAbout('ada@gmail.com')).length, 1)
  assert.equal((await alerts()).length, 1)
  const { polling, webhook, notifications, cache } = await stats()
  assert.deepEqual(
    [polling.enabled, polling.interval_seconds, polling.last_error],
    [true, 10, null],
  )
  assert.deepEqual([webhook.received, webhook.last_at], [0, null])
  assert.equal(notifications.sent, 1)
  assert.ok(cache.size > 0)
  assert.equal(cache.retention_hours, 24)
  const words = await doctor(world.env, 'connection of default: Close')
  assert.match(words, /The key works; it is Grace's\./)
  assert.match(words, /Pulling emails works\./)
  assert.match(words, /No webhook has come yet.*PUBLIC_URL.*\/webhook\/closeio/)
  await fits(world)
})

test('webhooks alone: nothing is polled, what is signed alerts at once, what is forged is 401', async () => {
  const world = await begin('hook', {
    ...{ POLLING_ENABLED: 'false', CLOSEIO_WEBHOOK_SIGNATURE_KEY: CLOSE_KEY },
    CACHE_RETENTION_HOURS: '0.5',
  })
  const { box, close, server, stats, alertTo, alertsAbout, mail } = world
  const event = await box.open(await mail('ada@gmail.com'), new Date())
  assert.equal(await close.deliver(event, hookOf(server, 'cd'.repeat(32))), 401)
  assert.equal(await close.deliver(event, hookOf(server, null)), 401)
  assert.deepEqual(await alertsAbout('ada@gmail.com'), [])
  for (let time = 0; time < 3; time++) assert.equal(await close.deliver(event, hookOf(server)), 200)
  await alertTo('ada@gmail.com')
  await until('the answer to be noted', async () => (await stats()).notifications.sent === 1)
  const { polling, webhook, notifications, cache } = await stats()
  assert.deepEqual([polling.enabled, polling.next_at], [false, null])
  assert.deepEqual([webhook.rejected, notifications.sent], [2, 1])
  assert.equal(cache.retention_hours, 0.5)
  assert.equal(await asked(world, '/event/'), 0)
  assert.equal((await alertsAbout('ada@gmail.com')).length, 1)
  await fits(world)
})

test('what is too long is cut where Discord would refuse it; an answer that is lost is not asked for again', async () => {
  const world = await begin('long', {
    ...{ POLLING_ENABLED: 'false', CLOSEIO_WEBHOOK_SIGNATURE_KEY: CLOSE_KEY },
  })
  const { box, close, discord, server, stats, alertTo, alertsAbout, mail } = world
  await close.set({ leads: { lead_long: `${'L'.repeat(5_000)} @everyone [x](https://x.test)` } })
  const long = await box.open(await mail('long@gmail.com'), new Date())
  const event = { ...long, data: { ...(long.data as object), subject: 'S'.repeat(9_000) } }
  assert.equal(await close.deliver(event, hookOf(server)), 200)
  const { title } = await alertTo('long@gmail.com')
  assert.ok(title.length <= 256)

  await discord.set({ faults: [{ status: 0, times: 1, swallow: true }] })
  const lost = await box.open(await mail('lost@gmail.com'), new Date())
  assert.equal(await close.deliver(lost, hookOf(server)), 200)
  await until('the message to be unknown', async () => (await stats()).notifications.unknown === 1)
  const next = await box.open(await mail('next@gmail.com'), new Date())
  assert.equal(await close.deliver(next, hookOf(server)), 200)
  await alertTo('next@gmail.com')
  assert.equal((await alertsAbout('lost@gmail.com')).length, 1)
  assert.equal((await stats()).notifications.unknown, 1)
  await fits(world)
})
