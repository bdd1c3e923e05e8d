/**
 * Runs the tests: one PostgreSQL for all of them, then node's own test runner.
 * Arguments are file patterns; without them everything runs.
 */
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster } from './helpers/cluster.ts'

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 4 * 2 ** 30 // several times what is there at once
const NAME = 'beckon-tests-'
const FILES_AT_ONCE = 3 // on two cores: files wait much

const patterns = process.argv.slice(2)
const folder = await mkdtemp(join(await ground(), `${NAME}${process.pid}-`))
await chmod(folder, 0o711) // PostgreSQL does not run as root, and passes through
process.env['TMPDIR'] = folder
const { stop, ...address } = await startCluster()
const child = spawn(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${FILES_AT_ONCE}`,
    '--test-timeout=300000',
    ...(patterns.length > 0
      ? patterns
      : ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/**/*.test.ts']),
  ],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/beckon'),
      ...process.env,
      BECKON_TEST_CLUSTER: JSON.stringify(address),
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
const code = await new Promise<number>((resolve) =>
  child.on('exit', (status) => resolve(status ?? 1)),
)
await stop()
await rm(folder, { recursive: true, force: true })
process.exit(code)

/** Memory where there is enough of it: the tests make some 200 databases of 1,000 files each, and keep none. */
async function ground(): Promise<string> {
  const free = await statfs(MEMORY).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  if (free < ENOUGH_BYTES) return tmpdir()
  await removeLeft()
  return MEMORY
}

/** What runs that were killed have left: memory is not theirs to keep. */
async function removeLeft(): Promise<void> {
  for (const name of await readdir(MEMORY)) {
    const pid = Number(name.startsWith(NAME) && name.slice(NAME.length).split('-')[0])
    if (pid > 0 && !isAlive(pid)) await rm(join(MEMORY, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
