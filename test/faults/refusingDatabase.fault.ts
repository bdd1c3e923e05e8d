/**
 * A database that is there and does not do its work: it ends every session again and again, as a
 * failover or an impatient administrator does, and takes no writes for a while.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../src/db/db.ts'
import { api } from '../helpers/api.ts'
import { chance, seedOf } from '../helpers/random.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { startMailLoad } from './mailLoad.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const STORMS = 15
const READ_ONLY_MS = 4_000
const FIRST_SUCCESS_MS = 5_000

const world = await serverWorld({ thinkMs: 2 })
const administrator = connect({ ...world.address, database: 'beckon' }, { max: 1 })
after(() => administrator.end())

test('R04', async (t) => {
  const random = chance(seedOf())
  const server = await world.start()
  const load = startMailLoad(api(() => server.url, KEY))
  t.after(() => load.stop())
  const success = async (since: number) => {
    await until('a success', () => {
      assert.ok(server.running, server.output())
      return load.lastSuccessAt() > since
    })
    return Math.round(load.lastSuccessAt() - since)
  }
  await success(0)
  let ended = 0
  for (let storm = 0; storm < STORMS; storm++) {
    ended += await endSessions()
    await sleep(random.between(50, 800))
  }
  const afterStorms = await success(performance.now())
  await readOnly('on')
  await sleep(READ_ONLY_MS)
  await readOnly('off')
  const afterReadOnly = await success(performance.now())

  const { acknowledged, statuses, broken } = await load.stop()
  const workspaceId = await world.workspaceId()
  await allSettled(world.db.engine, workspaceId)
  const verdict = await checkInvariants(world.db.engine, {
    ...{ workspaceId, acknowledged, received: (await world.sink.arrivals()).map(idOf) },
  })
  assert.equal(verdict.other, 0)
  assert.equal(broken, 0, 'the server closed connections')
  assert.deepEqual([...statuses.keys()].sort(), [202, 503], JSON.stringify([...statuses]))
  assert.ok(Math.max(afterStorms, afterReadOnly) <= FIRST_SUCCESS_MS)
  assert.equal(await server.stop(), 0, server.output())
  t.diagnostic(
    `${ended} sessions ended in ${STORMS} storms, ${READ_ONLY_MS / 1000} s without writes: ${acknowledged.length} messages acknowledged, ` +
      `0 lost, 0 received twice, ${verdict.unknown} unknown; ${statuses.get(503)} answers of 503, no other fault; ` +
      `first success ${afterStorms} and ${afterReadOnly} ms after, without a restart`,
  )
})

/** Answers how many there were. */
async function endSessions(): Promise<number> {
  const { count } = await administrator`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = ${world.address.database ?? null} and backend_type = 'client backend'
  `
  return count
}

/** As a standby is that was not promoted yet: for sessions that begin from now on, so all are ended. */
async function readOnly(value: 'on' | 'off'): Promise<void> {
  await administrator.unsafe(
    `alter database ${world.address.database} set default_transaction_read_only = ${value}`,
  )
  await endSessions()
}
