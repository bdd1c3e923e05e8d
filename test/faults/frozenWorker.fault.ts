/** A worker that is stopped in mid-work for longer than its leases, and then goes on as if nothing were. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { idOf, startSmtpSink } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { startWebhookSink } from './webhookSink.ts'
import { faultWorld, hookTo, smtpTo } from './world.ts'

const EACH = 3_000 // messages per channel
const FROZEN_AT = 500 // messages received when it stops
const FROZEN_MS = 40_000 // a lease is 30 s
const PER_SECOND = 500

const world = await faultWorld()
const hooks = await startWebhookSink({ thinkMs: 20 })
const mail = await startSmtpSink({ thinkMs: 20 })
after(() => Promise.all([hooks.close(), mail.close()]))

test('R20', async (t) => {
  const hook = { channel: 'webhook', provider: 'webhook', settings: hookTo(hooks.url) } as const
  const smtp = { channel: 'email', provider: 'smtp', settings: smtpTo(mail.url) } as const
  await world.addSender({ ...hook, perSecond: PER_SECOND })
  await world.addSender({ ...smtp, perSecond: PER_SECOND })
  const zombie = await world.startWorker()
  const ids = await world.accept(
    Array.from({ length: EACH }, (_, n) => [
      { channel: 'webhook', message: `Number ${n}` },
      { channel: 'email', to: `person${n}@example.org`, subject: `Number ${n}`, message: 'Once.' },
    ]).flat(),
  )
  const received = async () => (await hooks.calls()).length + (await mail.arrivals()).length
  await until('some to be received', async () => (await received()) >= FROZEN_AT)
  zombie.freeze()
  const other = await world.startWorker()
  await sleep(FROZEN_MS)
  zombie.thaw()
  await allSettled(world.db.engine, world.workspaceId)
  const { fenced } = await until('late settlements to be refused', async () => {
    const stats = await zombie.stats()
    return stats.fenced > 0 && stats
  })
  const { recovered } = await other.stats()
  for (const worker of [zombie, other]) assert.equal(await worker.stop(), 0, worker.output())

  const calls = await hooks.calls()
  const arrivals = await mail.arrivals()
  const verdict = await checkInvariants(world.db.engine, {
    workspaceId: world.workspaceId,
    acknowledged: ids,
    received: [...calls.filter(({ again }) => !again).map(({ id }) => id), ...arrivals.map(idOf)],
  })
  const repeated = calls.filter(({ again }) => again).length
  t.diagnostic(
    `${ids.length} messages, one of two workers frozen for ${FROZEN_MS / 1000} s: 0 received twice, ` +
      `${recovered} taken over, ${fenced} late settlements fenced out, ${repeated} calls repeated under the same key, ` +
      `${verdict.unknown} unknown`,
  )
})
