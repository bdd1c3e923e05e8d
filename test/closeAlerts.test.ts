/**
 * Webhooks and polls in any order, repeated, at two servers of one database that are stopped and
 * killed meanwhile: in Discord there is one alert for each email, and it says what is so in the end.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FakeEvent } from './fakes/startClose.ts'
import { allOf, api } from './helpers/api.ts'
import { API_KEY, CLOSE_KEY, closeWorld, hookOf } from './helpers/closeWorld.ts'
import { testDatabase } from './helpers/database.ts'
import type { ServerProcess } from './helpers/process.ts'
import { chance, seedOf } from './helpers/random.ts'
import { mailbox } from './helpers/syncWorld.ts'
import { until } from './helpers/until.ts'

const PEOPLE = 6 // with mailboxes of their own, who open more than once
const COLLEAGUES = 6 // behind one gateway, which opens each mail once
const STEPS = 40
const GATEWAY = { ip: '198.51.100.9' }
const settings = {
  ...{ OREE_API_KEY: API_KEY, CLOSEIO_WEBHOOK_SIGNATURE_KEY: CLOSE_KEY },
  POLLING_INTERVAL_SECONDS: '10',
}

for (const [name, restart] of [
  ['stopped', (server: ServerProcess) => server.stop()],
  ['killed', (server: ServerProcess) => server.kill()],
] as const) {
  const database = await testDatabase()
  const world = await closeWorld(database)
  const seed = seedOf()

  test(`one alert for each email, whatever order it is told in, by servers that are ${name} (seed ${seed})`, async () => {
    const { next, between, pick } = chance(seed)
    const servers = [await world.start(settings), await world.start(settings)]
    const box = mailbox(world.close, 'a')
    const told: FakeEvent[] = []
    const opens = new Map<string, number>()
    const mail = (to: string) => box.send(new Date(Date.now() - 3_600_000), to)
    const people = await inTurn(PEOPLE, (n) => mail(`person${n}@gmail.com`))
    const colleagues = await inTurn(COLLEAGUES, (n) => mail(`c${n}@looms.example`))
    const burst = new Date() // a gateway opens all within a minute, however long we take
    let last = 0
    const moment = () => {
      last = Math.max(Date.now(), last + 1) // two in one millisecond are one open
      return new Date(last)
    }
    const open = async (id: string, how = {}) => {
      told.push(await box.open(id, how === GATEWAY ? burst : moment(), how))
      opens.set(id, (opens.get(id) ?? 0) + 1)
    }
    // Told while servers come and go, a webhook may find nobody: Close tries again, or a poll tells.
    const deliver = (event: FakeEvent) => world.close.deliver(event, hookOf(pick(servers)))
    const unopened = colleagues.map((event) => event.object_id)

    for (let step = 0; step < STEPS; step++) {
      const choice = next()
      const colleague = choice < 0.2 ? unopened.pop() : undefined
      if (colleague) await open(colleague, GATEWAY)
      else if (choice < 0.5) await open(pick(people).object_id)
      else if (told.length > 0)
        await Promise.all(Array.from({ length: between(1, 5) }, () => deliver(pick(told))))
      if (step === STEPS / 4 || step === STEPS / 2) {
        const at = between(0, 1)
        await restart(servers[at]!)
        servers[at] = await world.start(settings)
      }
    }
    for (const id of unopened) await open(id, GATEWAY)
    for (const event of told) assert.equal(await deliver(event), 200)
    await Promise.all(told.map(deliver))
    await allDone(database)

    const call = api(() => servers[0]!.url, API_KEY)
    const messages = await allOf(call, '/notifications')
    const alerts = new Map((await world.alerts()).map((alert) => [alert.id, alert]))
    const lost = messages.filter((each) => each.status === 'unknown')
    if (name === 'stopped') assert.deepEqual(lost, [])
    for (const [id, count] of opens) {
      const own = messages.filter((each) => each.metadata.email_id === id)
      const sent = own.filter((each) => each.status === 'sent')
      const known = own.length - sent.length
      assert.ok(own.every((each) => ['sent', 'unknown'].includes(each.status)))
      if (known > 0) continue // an alert whose answer was lost is not sent again
      assert.equal(sent.length, 1, `${id} has ${sent.length} alerts`)
      const { title, text } = alerts.get(sent[0].provider_message_id)!
      const gateway = colleagues.some((event) => event.object_id === id)
      if (gateway) assert.match(title, /a machine opened the email/)
      else assert.match(text, new RegExp(`\\*\\*Opens:\\*\\* ${count}\\b`))
    }
    const arrived = messages.length - lost.length
    assert.ok(alerts.size >= arrived && alerts.size <= messages.length)
    assert.deepEqual((await world.discord.tell()).complaints, [])
  })
}

async function inTurn<T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let n = 0; n < count; n++) made.push(await make(n))
  return made
}

/** No webhook, event, run, message or edit waits. */
function allDone({ db }: Awaited<ReturnType<typeof testDatabase>>) {
  return until('everything to be done', async () => {
    const [row] = await db.engine<{ open: number }[]>`
      select (
        (select count(*) from callbacks where status = 'received')
        + (select count(*) from event_queue)
        + (select count(*) from journey_runs where ended_at is null)
        + (select count(*) from messages where status in ('queued', 'held', 'sending'))
        + (select count(*) from message_edits e join messages m using (workspace_id) where m.id = e.message_id and m.status <> 'unknown')
      )::int as open
    `
    return row?.open === 0
  })
}
