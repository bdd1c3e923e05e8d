/** Two servers that are replaced one after the other, while clients keep asking. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { ServerProcess } from '../helpers/process.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const RESTARTS = 10
const CLIENTS = 6
const EXIT_MS = 30_000
const PAUSE_MS = 300 // between restarts

const world = await serverWorld()

test('R21', async (t) => {
  const servers = [await world.start(), await world.start()]
  const load = startLoad(() => servers)
  t.after(() => load.stop())
  let slowestExit = 0
  for (let restart = 0; restart < RESTARTS; restart++) {
    const at = restart % servers.length
    const begun = performance.now()
    const leaving = servers[at]
    assert.ok(leaving)
    assert.equal(await leaving.stop(), 0, leaving.output())
    slowestExit = Math.max(slowestExit, performance.now() - begun)
    servers[at] = await world.start()
    await sleep(PAUSE_MS)
  }
  const { acknowledged, failures, moved, longestGapMs } = await load.stop()
  const workspaceId = await world.workspaceId()
  await allSettled(world.db.engine, workspaceId)
  const verdict = await checkInvariants(world.db.engine, {
    workspaceId,
    acknowledged,
    received: (await world.sink.arrivals()).map(idOf),
  })
  for (const server of servers) assert.equal(await server.stop(), 0, server.output())
  assert.deepEqual(failures, [])
  assert.equal(verdict.unknown + verdict.other, 0)
  assert.ok(slowestExit <= EXIT_MS)
  t.diagnostic(
    `${RESTARTS} restarts of two servers: ${acknowledged.length} requests, 0 failed (${moved} were taken to the ` +
      `other server before they were sent), 0 messages lost, twice or unknown; ` +
      `exit within ${Math.round(slowestExit)} ms, longest pause for any client ${Math.round(longestGapMs)} ms`,
  )
})

/** Clients on kept-alive connections, as a load balancer holds them: who does not listen is passed over. */
function startLoad(servers: () => readonly ServerProcess[]) {
  const agent = new Agent({ keepAliveTimeout: 60_000 })
  const acknowledged: string[] = []
  const failures: string[] = []
  let moved = 0
  let longestGapMs = 0
  let running = true
  const client = async (name: number) => {
    let last = performance.now()
    for (let n = 0; running; n++) {
      for (let turn = name + n; ; turn++) {
        const server = servers()[turn % 2]
        const answer = await ask(`${server?.url}`, agent, `${name}-${n}`).catch((error) => error)
        if (answer instanceof Error && Object(answer).code === 'ECONNREFUSED') {
          moved++
          await sleep(1)
          continue
        }
        if (answer instanceof Error || answer.status !== 202) {
          failures.push(
            answer instanceof Error
              ? `${Object(answer).code} ${answer.message}`
              : `${answer.status} ${answer.text}`,
          )
        } else acknowledged.push(JSON.parse(answer.text).id)
        break
      }
      longestGapMs = Math.max(longestGapMs, performance.now() - last)
      last = performance.now()
      await sleep(5)
    }
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)))
  return {
    async stop() {
      running = false
      await clients
      if (!agent.destroyed) await agent.close()
      return { acknowledged, failures, moved, longestGapMs }
    },
  }
}

async function ask(url: string, dispatcher: Agent, name: string) {
  const answer = await request(`${url}/notifications`, {
    dispatcher,
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ channel: 'email', to: `${name}@example.org`, subject: 'Once', message: 'Once.' },
    }),
  })
  return { status: answer.statusCode, text: await answer.body.text() }
}
