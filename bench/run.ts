/**
 * `npm run bench [names…]`: measures, compares each figure with its goal, and prints a table
 * and a line of JSON each. Needs nothing but this machine, and ends by itself.
 */
import { mkdirSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { accept } from './accept.ts'
import { acceptBatch } from './accept-batch.ts'
import { alert } from './alert.ts'
import { dashboard } from './dashboard.ts'
import { dispatchEmail } from './dispatch-email.ts'
import { dispatchHttp } from './dispatch-http.ts'
import { events } from './events.ts'
import { fair } from './fair.ts'
import type { Bench, Context, Result } from './harness/bench.ts'
import { linesOf, tableOf, writeReadme } from './harness/report.ts'
import { journeys } from './journeys.ts'
import { size } from './size.ts'
import { track } from './track.ts'

const benches: readonly Bench[] = [
  dispatchEmail,
  dispatchHttp,
  accept,
  acceptBatch,
  track,
  fair,
  events,
  journeys,
  alert,
  dashboard,
  size,
]

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    readme: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})

const unknown = names.filter((name) => !benches.some((bench) => bench.name === name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are:`)
  console.error(benches.map((bench) => `  ${bench.name}`).join('\n'))
  process.exit(2)
}
if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true })
if (options.json !== undefined) await writeFile(options.json, '')

const wanted = benches.filter((bench) => names.length === 0 || names.includes(bench.name))
const results: Result[] = []
let broken = 0
for (const bench of wanted) {
  try {
    const found = await runOne(bench)
    results.push(...found)
    if (options.json !== undefined) await appendFile(options.json, linesOf(found))
  } catch (error) {
    broken++
    console.error(`${bench.name}:`, error)
  }
}
console.log(`\n${tableOf(results)}\n`)
process.stdout.write(linesOf(results))
if (options.readme && !(await writeReadme(results))) {
  console.error('README.md has no <!-- bench --> and <!-- /bench --> to put the table between.')
}
const missed = results.filter((result) => !result.ok).length
if (missed > 0) console.error(`${missed} of ${results.length} goals missed`)
process.exitCode = broken > 0 || (options.strict && missed > 0) ? 1 : 0

async function runOne(bench: Bench): Promise<Result[]> {
  const cleanups: (() => Promise<unknown>)[] = []
  const say = (line: string) => console.error(`${bench.name}: ${line}`)
  const context: Context = {
    quick: options.quick,
    profileDir: options.profile,
    say,
    defer: (cleanup) => void cleanups.push(cleanup),
  }
  say(`begins, load of the machine ${loadavg()[0]?.toFixed(1)}`)
  try {
    return await bench.run(context)
  } finally {
    for (const cleanup of cleanups.reverse()) {
      await cleanup().catch((error: unknown) => console.error(`${bench.name}: cleaning up`, error))
    }
  }
}
