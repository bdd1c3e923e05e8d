/**
 * The disk is full: that of the log from the start, that of the database under load. The server has a
 * file system of its own for it, which needs Linux and the right to mount; without, this is skipped.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { allOf, api } from '../helpers/api.ts'
import { idOf, startSmtpSink } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'

const KEY = 'disk-test-key-of-the-instance'
const SIZE = '300m'
const FULL_MS = 10_000
const ANSWER_MS = 1_000
const BACK_MS = 5_000
const CLIENTS = 4

function mayMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  server.close()
  return address && typeof address === 'object' ? address.port : 0
}

test('R17', async (t) => {
  if (!mayMount()) return void t.diagnostic('skipped: this machine lets nobody mount')
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-full-'))
  const sink = await startSmtpSink()
  const port = await freePort()
  const mounted = `mount -t tmpfs -o size=${SIZE} tmpfs "$DATA_DIR" && exec "$NODE" src/main.ts serve > /dev/full`
  const child = spawn('unshare', ['-rm', 'sh', '-c', mounted], {
    env: {
      ...process.env,
      ...{ NODE: process.execPath, DATA_DIR: dataDir, PORT: String(port), HOST: '127.0.0.1' },
      ...{ OREE_API_KEY: KEY, PUBLIC_URL: 'https://faults.example.com', DATABASE_URL: '' },
      ...{ SMTP_URL: `${sink.url}?connections=4`, EMAIL_FROM: 'faults@example.com' },
      ...{ LOG_LEVEL: 'debug', LOG_FORMAT: 'json' },
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (part: Buffer) => {
    output += part.toString()
  })
  after(async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await sink.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const call = api(() => `http://127.0.0.1:${port}`, KEY)
  await until('the server', async () => {
    assert.equal(child.exitCode, null, output)
    return (await call('GET', '/health').catch(() => null))?.status === 200
  })

  const accepted: string[] = []
  const answers: { at: number; status: number; ms: number }[] = []
  let running = true
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let n = 0; running; n++) {
      const at = performance.now()
      const body = Array.from({ length: 50 }, (_, item) => ({
        ...{ to: `p${client}-${n}-${item}@example.org`, channel: 'email', subject: 'Full' },
        message: `${n} `.repeat(400),
      }))
      const answer = await call('POST', '/notifications', body).catch(() => null)
      answers.push({ at, status: answer?.status ?? 0, ms: performance.now() - at })
      if (answer?.status === 202) for (const { id } of answer.json.data) accepted.push(id)
      await sleep(20)
    }
  })
  await until('some to be accepted', () => accepted.length > 500)
  // Seen through the server's own eyes: elsewhere nothing is mounted there.
  const filler = `/proc/${child.pid}/root${dataDir}/filler`
  fill(filler)
  const full = performance.now()
  await until('a refusal', () => answers.some(({ at, status }) => at > full && status === 503))
  await sleep(FULL_MS)
  rmSync(filler)
  const freed = performance.now()
  await until('a success', () => answers.some(({ at, status }) => at > freed && status === 202))
  const backMs = Math.round(
    (answers.find(({ at, status }) => at > freed && status === 202)?.at ?? 0) - freed,
  )
  await sleep(2_000)
  running = false
  await Promise.all(clients)
  const meanwhile = answers.filter(({ at }) => at > full && at < freed)
  const refused = meanwhile.filter(({ status }) => status === 503)
  const slowest = Math.round(Math.max(...refused.map(({ ms }) => ms)))
  const statuses = new Set(meanwhile.map(({ status }) => status))
  await until('everything to be settled', async () => {
    const open = await Promise.all(
      ['queued', 'sending'].map((status) => call('GET', `/notifications?status=${status}`)),
    )
    return open.every(({ json }) => Array.isArray(json.data) && json.data.length === 0)
  })
  const ids = new Set((await allOf(call, '/notifications')).map(({ id }) => id))
  const arrived = (await sink.arrivals()).map(idOf)
  assert.deepEqual(
    accepted.filter((id) => !ids.has(id)),
    [],
    'accepted, and lost',
  )
  assert.equal(new Set(arrived).size, arrived.length, 'received twice')
  assert.equal(child.exitCode, null, output)
  child.kill('SIGTERM')
  const code = await new Promise((resolve) => child.once('exit', resolve))
  t.diagnostic(
    `log and database on full disks: ${accepted.length} accepted, 0 lost, 0 received twice; while it was full ${refused.length} answers of 503, ` +
      `the slowest after ${slowest} ms; first success ${backMs} ms after there was room, without a restart`,
  )
  assert.equal(code, 0, output)
  for (const status of statuses) assert.ok([202, 503].includes(status), `answered ${status}`)
  assert.ok(slowest <= ANSWER_MS, `${slowest} ms until a refusal`)
  assert.ok(backMs <= BACK_MS, `${backMs} ms until a success`)
})

/** Until there is no room for another byte. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  let chunk = Buffer.alloc(1024 * 1024, 1)
  try {
    for (;;) {
      try {
        writeSync(file, chunk)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
        if (chunk.length <= 1) return
        chunk = chunk.subarray(0, Math.floor(chunk.length / 2))
      }
    }
  } finally {
    closeSync(file)
  }
}
