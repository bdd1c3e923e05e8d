/**
 * Runs the tests: one PostgreSQL for all of them, then node's own test runner.
 * Arguments are file patterns; without them everything runs.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startCluster } from './helpers/cluster.ts'

const patterns = process.argv.slice(2)
const cluster = await startCluster()
const { stop, ...address } = cluster
const child = spawn(
  process.execPath,
  [
    '--test',
    '--test-concurrency=2',
    '--test-timeout=100000',
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
process.exit(code)
