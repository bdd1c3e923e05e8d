import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createLogSink } from './logSink.ts'

test('lines arrive whole and in their order, at the latest at the end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-log-'))
  const path = join(folder, 'log')
  const sink = createLogSink(openSync(path, 'w'))
  const lines = Array.from({ length: 5_000 }, (_, n) => `line ${n} שלום\n`)
  for (const [n, line] of lines.entries()) {
    sink.write(line)
    if (n % 500 === 0) await new Promise(setImmediate)
  }
  for (let tries = 0; tries < 1_000; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if ((await readFile(path, 'utf8')) === lines.join('')) break
  }
  sink.write('the last\n')
  sink.flush()
  assert.equal(await readFile(path, 'utf8'), `${lines.join('')}the last\n`)
  await rm(folder, { recursive: true })
})

test('a full disk holds up nobody, and the process ends when it wants to', {
  skip: existsSync('/dev/full') ? false : 'this machine has no /dev/full',
}, async () => {
  const program = `
    const { createLog } = await import('./src/lib/log.ts')
    const log = createLog({ level: 'info', pretty: false, showAddresses: false })
    for (let n = 0; n < 20_000; n++) log.info({ n, text: 'x'.repeat(100) })
    await new Promise((resolve) => setTimeout(resolve, 50))
    log.info('still here')
    process.stderr.write('ended well')
    process.exit(0)
  `
  const run = promisify(execFile)
  const command = `exec "${process.execPath}" --input-type=module -e "$PROGRAM" > /dev/full`
  const env = { ...process.env, PROGRAM: program }
  const { stderr } = await run('sh', ['-c', command], { env, timeout: 60_000 })
  assert.match(stderr, /ended well/)
})
