/**
 * A worker that stands still for five seconds again and again, as one does whose event loop is blocked or
 * whose machine is: its leases outlive that, and nobody takes its work from it.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { idOf, startSmtpSink } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { faultWorld, smtpTo } from './world.ts'

const MESSAGES = 4_000
const STALLS = 3
const STALL_MS = 5_000 // a lease is 30 s
const PER_SECOND = 300

const world = await faultWorld()
const mail = await startSmtpSink({ thinkMs: 20 })
after(() => mail.close())

test('R32', async (t) => {
  const settings = smtpTo(mail.url)
  await world.addSender({ channel: 'email', provider: 'smtp', settings, perSecond: PER_SECOND })
  const stalling = await world.startWorker()
  const other = await world.startWorker()
  const ids = await world.accept(
    Array.from({ length: MESSAGES }, (_, n) => ({
      ...{ channel: 'email', to: `person${n}@example.org` },
      ...{ subject: `Number ${n}`, message: 'Once.' },
    })),
  )
  for (let stall = 0; stall < STALLS; stall++) {
    const before = (await mail.arrivals()).length
    await until('more to be received', async () => (await mail.arrivals()).length > before + 100)
    stalling.freeze()
    await sleep(STALL_MS)
    stalling.thaw()
  }
  await allSettled(world.db.engine, world.workspaceId)
  const stats = [await stalling.stats(), await other.stats()]
  for (const worker of [stalling, other]) assert.equal(await worker.stop(), 0, worker.output())
  const verdict = await checkInvariants(world.db.engine, {
    workspaceId: world.workspaceId,
    acknowledged: ids,
    received: (await mail.arrivals()).map(idOf),
  })
  assert.deepEqual(verdict, { sent: MESSAGES, unknown: 0, other: 0 })
  for (const { recovered, fenced } of stats) assert.equal(recovered + fenced, 0)
  t.diagnostic(
    `${MESSAGES} messages, one of two workers stood still ${STALLS} times for ${STALL_MS / 1000} s: ` +
      `0 lost, 0 received twice, 0 unknown, 0 taken over, 0 settled too late`,
  )
})
