/**
 * `npm run faults`: the long battery. Each fault is played by a file beside this one or proved
 * by a test of `npm test`, which is run again here; what cannot be played yet is listed with
 * its reason.
 *
 *   --seed N        repeats a run (printed at the start of each)
 *   --only R01,N04  plays these only
 */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { startCluster } from '../helpers/cluster.ts'
import { seedOf } from '../helpers/random.ts'

interface Fault {
  readonly id: string
  readonly what: string
  /** Test files that play or prove it; or why it is not played yet. */
  readonly files?: readonly string[]
  readonly notYet?: string
}

const api = (name: string) => `test/api/${name}.test.ts`
const contract = 'test/provider.contract.test.ts'

const faults: readonly Fault[] = [
  {
    id: 'CRASH',
    what: 'the server is killed ten times in the middle of 20,000 messages',
    files: ['test/faults/killedServer.fault.ts'],
  },
  {
    id: 'R01',
    what: 'workers are killed in the middle of their batches',
    files: ['test/faults/killedWorkers.fault.ts'],
  },
  {
    id: 'R02',
    what: 'the answer to a request is cut off and the request repeated',
    files: ['test/faults/cutReplies.fault.ts'],
  },
  {
    id: 'R03',
    what: 'PostgreSQL and its children are killed under load',
    files: ['test/faults/killedDatabase.fault.ts'],
  },
  {
    id: 'R04',
    what: 'the database ends every session, and takes no writes',
    files: ['test/faults/refusingDatabase.fault.ts'],
  },
  {
    id: 'R05',
    what: 'the database is away for a while',
    files: ['test/faults/databaseAway.fault.ts'],
  },
  {
    id: 'R06',
    what: 'the link to the database goes silent',
    files: ['test/faults/databaseLinks.fault.ts'],
  },
  {
    id: 'R07',
    what: 'the link to the database is slow',
    files: ['test/faults/databaseLinks.fault.ts'],
  },
  {
    id: 'R08',
    what: 'a provider answers 429, 500 and 503',
    files: [contract, 'src/messages/dispatch/engine.test.ts'],
  },
  { id: 'R09', what: 'a provider never answers', files: [contract] },
  {
    id: 'R10',
    what: 'half answers, resets, garbage, replies too large',
    files: [contract, 'src/lib/http.test.ts'],
  },
  {
    id: 'R11',
    what: 'a callback is quicker than the answer that it is about',
    files: ['src/tracking/callbacks/callbacks.test.ts'],
  },
  {
    id: 'R12',
    what: 'a vendor’s callback comes fifty times',
    files: ['src/tracking/callbacks/callbacks.test.ts'],
  },
  {
    id: 'R13',
    what: 'receipts come in every order',
    files: ['src/tracking/callbacks/callbacks.test.ts'],
  },
  {
    id: 'R14',
    what: 'poisoned messages stand at the head of the queue',
    files: ['test/faults/poison.fault.ts'],
  },
  {
    id: 'R15',
    what: 'clocks that are wrong, and jump',
    files: ['test/faults/wrongClocks.fault.ts'],
  },
  {
    id: 'R16',
    what: 'daylight saving and quiet hours',
    files: ['test/faults/clockChanges.fault.ts'],
  },
  { id: 'R17', what: 'disks are full', files: ['test/faults/fullDisks.fault.ts'] },
  {
    id: 'R18',
    what: 'a heap that is too small, and an import',
    files: ['test/faults/smallHeap.fault.ts'],
  },
  {
    id: 'R19',
    what: 'eight claimers race for 10,000 rows',
    files: ['test/faults/claimers.fault.ts'],
  },
  {
    id: 'R20',
    what: 'a worker is frozen past its lease and comes back',
    files: ['test/faults/frozenWorker.fault.ts'],
  },
  {
    id: 'R21',
    what: 'rolling restarts under load',
    files: ['test/faults/rollingRestart.fault.ts'],
  },
  {
    id: 'R22',
    what: 'the version before runs on a later schema',
    files: ['test/faults/rollback.fault.ts'],
  },
  {
    id: 'R23',
    what: 'a campaign to a million is killed, paused and cancelled',
    notYet: 'there are no campaigns yet',
  },
  {
    id: 'R24',
    what: 'thousands unsubscribe while their mail goes out',
    files: ['test/faults/unsubscribeStorm.fault.ts'],
  },
  {
    id: 'R25',
    what: 'a customer’s webhook endpoint is down for days',
    notYet: 'there are no outgoing webhooks to customers yet',
  },
  {
    id: 'R26',
    what: 'a workspace that hands in far more than its share',
    files: ['test/faults/flood.fault.ts'],
  },
  {
    id: 'R27',
    what: 'nobody tells the sender that there is work',
    files: ['test/faults/lostHints.fault.ts'],
  },
  {
    id: 'R28',
    what: 'a transaction that stays open',
    files: ['test/faults/longTransaction.fault.ts'],
  },
  {
    id: 'R29',
    what: 'a backup of a running server is restored',
    files: ['src/cli/cli.test.ts', 'src/cli/restored.test.ts'],
  },
  {
    id: 'R30',
    what: 'names that do not resolve, certificates that do not hold',
    files: ['src/lib/http.test.ts', 'src/channels/email/smtp.test.ts'],
  },
  {
    id: 'R31',
    what: 'SMTP servers misbehave',
    files: ['src/channels/email/smtpFaults.test.ts', 'src/channels/email/smtpChaos.test.ts'],
  },
  {
    id: 'R32',
    what: 'a worker stands still for less than its lease',
    files: ['test/faults/stalledWorker.fault.ts'],
  },
  {
    id: 'R33',
    what: 'all of these at once, for a while',
    files: ['test/faults/soak.fault.ts'],
  },
  {
    id: 'N01',
    what: 'bodies too large, declared and streamed',
    files: [api('badInput'), api('wire')],
  },
  { id: 'N02', what: 'broken JSON', files: [api('badInput')] },
  {
    id: 'N03',
    what: 'NUL, half surrogates, endless headers',
    files: [api('badInput'), api('wire')],
  },
  { id: 'N04', what: 'deep nesting, many keys', files: [api('badInput')] },
  { id: 'N05', what: 'slow clients', files: [api('wire')] },
  {
    id: 'N06',
    what: 'requests that mean two things',
    files: [api('wire')],
  },
  {
    id: 'N07',
    what: 'hostile CSV',
    files: ['src/lib/csv.test.ts', 'src/contacts/imports.test.ts'],
  },
  {
    id: 'N08',
    what: 'archives where CSV is taken, the only file that is',
    files: ['src/lib/csv.test.ts'],
  },
  { id: 'N09', what: 'hostile pictures and media', notYet: 'there is no media library yet' },
  {
    id: 'N10',
    what: 'texts that make validators slow',
    files: ['src/lib/email.test.ts', 'src/templates/attacks.test.ts'],
  },
  { id: 'N11', what: 'random requests to every route', files: [api('fuzz')] },
  { id: 'N12', what: 'broken mail', files: ['src/tracking/report.test.ts'] },
  {
    id: 'S01',
    what: 'templates that reach for the host',
    files: ['src/templates/attacks.test.ts', 'src/templates/sandbox.test.ts'],
  },
  { id: 'S02', what: 'templates without end', files: ['src/templates/attacks.test.ts'] },
  { id: 'S03', what: 'URLs that lead into private networks', files: ['src/lib/ssrf.test.ts'] },
  {
    id: 'S04',
    what: 'tracking links that are forged',
    files: ['src/lib/token.test.ts', 'src/tracking/intake/handler.test.ts'],
  },
  {
    id: 'S05',
    what: 'stored scripts in the dashboard',
    files: ['test/faults/storedScripts.fault.ts'],
  },
  { id: 'S06', what: 'SQL in filters and cursors', files: [api('strict')] },
  { id: 'S07', what: 'another workspace’s ids', files: [api('tenants')] },
  { id: 'S08', what: 'fields that nobody may set', files: [api('strict')] },
  { id: 'S09', what: 'requests from other sites', files: [api('access')] },
  {
    id: 'S10',
    what: 'line ends in header fields',
    files: ['src/channels/email/headers.test.ts', 'src/channels/email/mime.test.ts'],
  },
  { id: 'S11', what: 'addresses that mislead parsers', files: ['src/lib/email.test.ts'] },
  { id: 'S12', what: 'files and addresses where content belongs', files: [api('badInput')] },
  { id: 'S13', what: 'paths that lead out of their folder', files: [api('wire')] },
  { id: 'S14', what: 'forged callbacks', files: ['src/tracking/callbacks/callbacks.test.ts'] },
  {
    id: 'S15',
    what: 'handshakes that would say back anything',
    files: ['src/channels/whatsapp/metaWebhooks.test.ts'],
  },
  {
    id: 'S16',
    what: 'forged tokens of clients',
    files: ['src/workspaces/login/clientToken.test.ts'],
  },
  {
    id: 'S17',
    what: 'sessions after a change of password, role or second factor',
    files: ['src/workspaces/login/login.test.ts'],
  },
  { id: 'S18', what: 'guessing passwords', files: ['src/workspaces/login/login.test.ts'] },
  {
    id: 'S19',
    what: 'comparisons that tell by their time how much was right',
    files: ['test/faults/tokenTiming.fault.ts'],
  },
  { id: 'S20', what: 'formulas in exported CSV', files: ['src/lib/csv.test.ts'] },
  { id: 'S21', what: 'prototype pollution', files: [api('strict')] },
  {
    id: 'S22',
    what: 'secrets in logs, answers and the database',
    files: ['test/faults/secretLeaks.fault.ts'],
  },
  {
    id: 'S23',
    what: 'keys that are changed while mail goes out',
    notYet: 'ENCRYPTION_KEY cannot be changed; API keys and tokens can, as keys.test.ts proves',
  },
  {
    id: 'S24',
    what: 'an audit log that was tampered with',
    files: ['src/workspaces/audit/audit.test.ts'],
  },
  { id: 'S25', what: 'a person is erased', files: ['src/consent/routes.test.ts'] },
  { id: 'S26', what: 'what browsers are told', files: [api('access')] },
  {
    id: 'S27',
    what: 'guessed links and pixels',
    files: ['src/lib/token.test.ts', 'src/tracking/intake/handler.test.ts'],
  },
  {
    id: 'S28',
    what: 'scanners that follow unsubscribe links',
    files: ['src/tracking/unsubscribe/routes.test.ts'],
  },
  {
    id: 'S29',
    what: 'packages that somebody slipped in',
    files: ['test/lockfileGate.test.ts'],
  },
  {
    id: 'S30',
    what: 'what the server’s own roles may not do',
    files: ['src/db/leastPrivilege.test.ts'],
  },
]

const { values } = parseArgs({ options: { seed: { type: 'string' }, only: { type: 'string' } } })
const seed = values.seed === undefined ? seedOf() : Number(values.seed)
const only = values.only?.split(',')
console.log(`seed ${seed}; repeat it with --seed ${seed}`)
const cluster = await startCluster()
const { stop, ...address } = cluster
// PostgreSQL outlives us, so it is ended on every way out.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(1)))
const env = {
  ...process.env,
  BECKON_SEED: String(seed),
  BECKON_TEST_CLUSTER: JSON.stringify(address),
}
/** A file that proves several faults runs once. */
const played = new Map<string, Promise<Outcome>>()
let failed = 0
let passed = 0

interface Outcome {
  readonly ok: boolean
  readonly tests: number
  readonly notes: readonly string[]
  readonly seconds: number
  readonly output: string
}

for (const fault of faults) {
  if (only && !only.includes(fault.id)) continue
  if (!fault.files) {
    console.log(`${fault.id.padEnd(6)} not yet  ${fault.what}: ${fault.notYet}`)
    continue
  }
  const outcomes: Outcome[] = []
  for (const file of fault.files) {
    const outcome = played.get(file) ?? play(file)
    played.set(file, outcome)
    outcomes.push(await outcome)
  }
  report(fault, outcomes)
}
await stop()
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function report(fault: Fault, outcomes: readonly Outcome[]): void {
  const ok = outcomes.every((outcome) => outcome.ok)
  const tests = outcomes.reduce((sum, outcome) => sum + outcome.tests, 0)
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0)
  const notes = fault.files?.some((file) => file.endsWith('.fault.ts'))
    ? outcomes.flatMap((outcome) => outcome.notes)
    : []
  if (ok) passed++
  else failed++
  console.log(
    `${fault.id.padEnd(6)} ${ok ? 'passed ' : 'FAILED '} ${fault.what}: ${notes.join('; ') || `${tests} tests`} (${seconds.toFixed(1)} s)`,
  )
  if (!ok) for (const outcome of outcomes) if (!outcome.ok) console.log(outcome.output)
}

function play(file: string): Promise<Outcome> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', file], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      const tests = Number(/^# pass (\d+)/m.exec(output)?.[1] ?? 0)
      const notes = [...output.matchAll(/^ {0,4}# (.+)$/gm)]
        .map(([, note]) => note ?? '')
        .filter(
          (note) =>
            !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms|Subtest)\b/.test(note),
        )
      resolve({
        ok: code === 0 && tests > 0,
        tests,
        notes,
        seconds: (performance.now() - began) / 1000,
        output,
      })
    })
  })
}
