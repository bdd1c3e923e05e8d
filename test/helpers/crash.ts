/**
 * The crash test: a server that is killed in the middle of its work, again and again, and
 * what must be true after that. crash.test.ts plays it short, `npm run faults` whole.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Api, allOf, api } from './api.ts'
import { startServer, stopDatabase } from './process.ts'
import type { Chance } from './random.ts'
import { idOf, type SmtpSink, startSmtpSink } from './smtpSink.ts'
import { until } from './until.ts'

const KEY = 'crash-test-key-of-the-instance'
const BATCH = 1_000 // messages in one request
/** Between an intent and its answer there are at most this many: the SMTP sender's concurrency, times two. */
const IN_FLIGHT = 400

export interface CrashPlan {
  readonly messages: number
  readonly kills: number
  readonly chance: Chance
}

export interface CrashReport {
  readonly accepted: number
  readonly arrived: number
  readonly twice: number
  readonly unknown: number
  /** Of those reported as unknown, how many had in truth arrived. */
  readonly unknownArrived: number
  /** How many messages had arrived at each kill. */
  readonly killedAt: readonly number[]
  /** Milliseconds from the start after a kill until it says that it is ready; the longest. */
  readonly slowestStartMs: number
}

/** Plays it, and throws where a promise is broken. */
export async function playCrash(plan: CrashPlan): Promise<CrashReport> {
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-crash-'))
  const sink = await startSmtpSink({ thinkMs: 2 })
  const env = environment(dataDir, sink)
  let server = await startServer({ by: 'node', env })
  try {
    const call = api(() => server.url, KEY)
    const ids = await acceptAll(call, plan.messages)
    const { killedAt, slowestStartMs } = await killOnTheWay(plan, sink, {
      kill: () => server.kill(),
      start: async () => {
        server = await startServer({ by: 'node', env })
      },
    })
    const unknown = await settled(call, ids.length)
    const report = check(ids, unknown, await sink.arrivals(), plan)
    assert.equal(await server.stop(), 0, server.output())
    return { ...report, killedAt, slowestStartMs }
  } finally {
    await server.kill()
    await stopDatabase(dataDir)
    await sink.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

function environment(dataDir: string, sink: SmtpSink): Record<string, string> {
  return {
    DATA_DIR: dataDir,
    OREE_API_KEY: KEY,
    PUBLIC_URL: 'https://crash.example.com',
    SMTP_URL: `${sink.url}?connections=4`,
    EMAIL_FROM: 'crash@example.com',
    LOG_LEVEL: 'warn',
  }
}

async function acceptAll(call: Api, messages: number): Promise<string[]> {
  const ids: string[] = []
  for (let at = 0; at < messages; at += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, messages - at) }, (_, index) => ({
      to: `person${at + index}@example.org`,
      channel: 'email',
      subject: `Number ${at + index}`,
      message: 'Once, and only once.',
    }))
    const { status, json } = await call('POST', '/notifications', batch)
    assert.equal(status, 202, JSON.stringify(json))
    ids.push(...json.data.map(({ id }: { id: string }) => id))
  }
  return ids
}

/** Kills once so and so many have arrived; each point lies in its own share of what is still to come. */
async function killOnTheWay(
  plan: CrashPlan,
  sink: SmtpSink,
  server: { kill(): Promise<void>; start(): Promise<unknown> },
) {
  const killedAt: number[] = []
  let slowestStartMs = 0
  for (let kill = 0; kill < plan.kills; kill++) {
    const arrived = (await sink.arrivals()).length
    // What was on its way at earlier kills may be unknown now and never arrive.
    const toCome = plan.messages - arrived - kill * IN_FLIGHT
    const share = Math.floor(toCome / (plan.kills - kill + 1))
    const point = arrived + plan.chance.between(1, Math.max(1, 2 * share - 1))
    await until(`${point} messages to arrive`, async () => (await sink.arrivals()).length >= point)
    await server.kill()
    killedAt.push((await sink.arrivals()).length)
    const begun = performance.now()
    await server.start()
    slowestStartMs = Math.max(slowestStartMs, performance.now() - begun)
  }
  return { killedAt, slowestStartMs }
}

/** Waits until nothing is on its way, and answers the ids that ended as unknown. */
async function settled(call: Api, accepted: number): Promise<Set<string>> {
  await until('everything to be settled', async () => {
    for (const status of ['queued', 'scheduled', 'held', 'sending']) {
      const { json } = await call('GET', `/notifications?status=${status}&limit=1`)
      if (json.data.length > 0) return false
    }
    return true
  })
  const unknown = await allOf(call, '/notifications?status=unknown')
  const sent = await allOf(call, '/notifications?status=sent')
  // Nothing is in any other state, and nothing is missing.
  assert.equal(sent.length + unknown.length, accepted)
  return new Set(unknown.map(({ id }) => id))
}

function check(
  ids: readonly string[],
  unknown: ReadonlySet<string>,
  arrivals: Awaited<ReturnType<SmtpSink['arrivals']>>,
  plan: CrashPlan,
) {
  const arrived = new Map<string, number>()
  for (const arrival of arrivals) {
    const id = idOf(arrival)
    arrived.set(id, (arrived.get(id) ?? 0) + 1)
  }
  const twice = [...arrived].filter(([, times]) => times > 1)
  assert.deepEqual(twice, [], 'a message arrived more than once')
  const lost = ids.filter((id) => !arrived.has(id) && !unknown.has(id))
  assert.deepEqual(lost, [], 'a message neither arrived nor is reported as unknown')
  assert.ok(unknown.size <= plan.kills * IN_FLIGHT, `${unknown.size} unknown`)
  return {
    accepted: ids.length,
    arrived: arrived.size,
    twice: twice.length,
    unknown: unknown.size,
    unknownArrived: [...unknown].filter((id) => arrived.has(id)).length,
  }
}
