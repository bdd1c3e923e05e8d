/** Two workers, one of which dies again and again while 20,000 messages go out on two channels. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { chance, seedOf } from '../helpers/random.ts'
import { idOf, startSmtpSink } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { startWebhookSink } from './webhookSink.ts'
import { faultWorld, hookTo, smtpTo, type World } from './world.ts'

const EACH = 10_000 // messages per channel
const KILLS = 15
const PER_SECOND = 450 // per channel: the whole takes as long as the kills do
const IN_FLIGHT = 400 // between intent and answer, at most, of one SMTP sender in one process
const RECOVERY_MS = 35_000

const world = await faultWorld()
const hooks = await startWebhookSink({ thinkMs: 5 })
const mail = await startSmtpSink({ thinkMs: 5 })
after(() => Promise.all([hooks.close(), mail.close()]))

test('R01', async (t) => {
  const random = chance(seedOf())
  const hook = { channel: 'webhook', provider: 'webhook', settings: hookTo(hooks.url) } as const
  const smtp = { channel: 'email', provider: 'smtp', settings: smtpTo(mail.url) } as const
  await world.addSender({ ...hook, perSecond: PER_SECOND })
  await world.addSender({ ...smtp, perSecond: PER_SECOND })
  const ids = await world.accept(
    Array.from({ length: EACH }, (_, n) => [
      { channel: 'webhook', message: `Number ${n}` },
      { channel: 'email', to: `person${n}@example.org`, subject: `Number ${n}`, message: 'Once.' },
    ]).flat(),
  )

  const workers = [await world.startWorker(), await world.startWorker()]
  const recoveries: Promise<number>[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(random.between(1_000, 2_000))
    const at = random.between(0, 1)
    const victim = workers[at]
    assert.ok(victim)
    await victim.kill()
    recoveries.push(recovery(world, victim.processId))
    workers[at] = await world.startWorker()
  }
  const [open] = await world.db.engine<{ n: number }[]>`
    select count(*)::int as n from messages where status = 'queued'
  `
  await allSettled(world.db.engine, world.workspaceId)
  const slowest = Math.max(...(await Promise.all(recoveries)))
  for (const worker of workers) assert.equal(await worker.stop(), 0, worker.output())

  const calls = await hooks.calls()
  const arrivals = await mail.arrivals()
  const verdict = await checkInvariants(world.db.engine, {
    workspaceId: world.workspaceId,
    acknowledged: ids,
    received: [...calls.filter(({ again }) => !again).map(({ id }) => id), ...arrivals.map(idOf)],
  })
  assert.equal(verdict.other, 0)
  const doubtful = await world.db.engine`
    select m.id, m.attempt, m.reason, m.detail, (select array_agg(name || ' ' || properties::text || ' ' || at order by at) from events e where e.message_id = m.id) as events
    from messages m where channel = 'webhook' and status = 'unknown'
  `
  assert.deepEqual([...doubtful], [], 'unknown, though the vendor knows repetitions')
  assert.equal(new Set(calls.map(({ id }) => id)).size, EACH, 'the idempotent channel lost some')
  assert.ok(verdict.unknown <= KILLS * IN_FLIGHT)
  assert.ok(slowest <= RECOVERY_MS, `recovered after ${slowest} ms`)
  const repeated = calls.filter(({ again }) => again).length
  t.diagnostic(
    `${ids.length} messages, ${KILLS} kills (${open?.n} still waiting after the last): 0 lost, 0 received twice, ` +
      `${repeated} calls repeated under the same key, ${verdict.unknown} unknown by SMTP ` +
      `(${(verdict.unknown / KILLS).toFixed(1)} per kill); taken over within ${slowest} ms`,
  )
})

/** How long until nothing is leased by a process that was killed just now. */
async function recovery({ db }: World, processId: string): Promise<number> {
  const begun = performance.now()
  await until('the dead process’s messages to be taken over', async () => {
    const rows = await db.engine`
      select from messages where leased_by = ${processId} and status in ('queued', 'sending') limit 1
    `
    return rows.count === 0
  })
  return Math.round(performance.now() - begun)
}
