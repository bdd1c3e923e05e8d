/**
 * The dashboard over a million messages: how fast the overview is drawn in a real Chromium, as
 * Lighthouse would score it, and how long a filter of the messages takes to answer.
 */
import { loadavg } from 'node:os'
import { openChromium } from '../test/browser/chromium.ts'
import { atMost, type Bench, type Context, type Result } from './harness/bench.ts'
import { type Metrics, measure, type Preset, presets, scoreOf } from './harness/lighthouse.ts'
import { fillMessages } from './harness/messages.ts'
import { workspaceId } from './harness/sender.ts'
import { startServer, type TestedServer } from './harness/server.ts'

const name = 'dashboard'
const VISITS = 5 // the middle one counts
const ASKED = 5 // times each filter is asked for; the middle one counts
const OWNER = { email: 'ada@example.com', password: 'violet tractor ninety' }

const filters = [
  '',
  'status=delivered',
  'status=failed',
  'status=cancelled',
  'status=failed&channel=voice',
  'channel=sms',
  'channel=discord',
  'priority=urgent',
  'category=orders',
  'category=nothing',
  'q=user.4711@example.com',
  'q=user.1',
  'q=nobody',
  'recipient_id=user-42',
  'subject=orders',
  'subject=4711',
  'subject=nothing',
  'subject=orders&recipient_id=user-42',
  'subject=orders&q=user.4711@example.com',
]

export const dashboard: Bench = {
  name,
  async run(context) {
    const messages = context.quick ? 20_000 : 1_000_000
    const env = { ADMIN_EMAIL: OWNER.email, ADMIN_PASSWORD: OWNER.password }
    const server = await startServer(context, env)
    const workspace = await workspaceId(server, 'default')
    await fillMessages(await server.sql(), { workspace, messages, people: messages / 20 })
    context.say(`${messages} messages are there, load of the machine ${loadavg()[0]?.toFixed(1)}`)
    const slowest = await slowestFilter(context, server)
    return [...(await visits(context, server)), slowest]
  },
}

async function slowestFilter(context: Context, server: TestedServer): Promise<Result> {
  let slowest = 0
  for (const filter of [...filters, lastMonth()]) {
    const times: number[] = []
    for (let n = 0; n < ASKED; n++) {
      const startedAt = performance.now()
      await server.call('GET', `/notifications?limit=50&${filter}`)
      times.push(performance.now() - startedAt)
    }
    const middle = times.toSorted((a, b) => a - b)[Math.floor(ASKED / 2)] ?? Number.NaN
    context.say(`messages?${filter}: ${middle.toFixed(0)} ms`)
    slowest = Math.max(slowest, middle)
  }
  const what = `the slowest of ${filters.length + 1} filters of the messages`
  return atMost({ bench: name, what, value: slowest, unit: 'ms' }, 200)
}

/** A day long ago. */
function lastMonth(): string {
  const from = new Date(Date.now() - 60 * 86_400_000)
  return `from=${from.toISOString()}&to=${new Date(+from + 86_400_000).toISOString()}`
}

async function visits(context: Context, server: TestedServer): Promise<Result[]> {
  const cookies = await signIn(server.url)
  const browser = await openChromium()
  context.defer(() => browser.close())
  const results: Result[] = []
  for (const preset of presets) {
    const found: { score: number; metrics: Metrics }[] = []
    for (let n = 0; n < VISITS; n++) {
      const metrics = await measure(browser, { preset, url: `${server.url}/app/`, cookies })
      found.push({ metrics, score: scoreOf(metrics, preset) })
    }
    const middle = found.toSorted((a, b) => a.score - b.score)[Math.floor(VISITS / 2)]
    if (!middle) throw new RangeError('no visit')
    context.say(told(preset, middle))
    results.push(atLeast(preset, middle.score))
  }
  return results
}

function told({ name: preset }: Preset, { score, metrics }: { score: number; metrics: Metrics }) {
  const { fcp, lcp, tbt, cls } = metrics
  const figures = [`first paint ${Math.round(fcp)} ms`, `largest ${Math.round(lcp)} ms`]
  return `${preset}: ${Math.round(score)} (${figures.join(', ')}, blocked ${Math.round(tbt)} ms, shift ${cls.toFixed(3)})`
}

const GOAL = 90 // points, at a desk and on a phone with a slow network

function atLeast({ name: preset }: Preset, score: number): Result {
  return {
    ...{
      bench: name,
      what: `overview as Lighthouse scores it, ${preset}`,
      value: Math.round(score),
    },
    ...{ unit: 'points', reference: null, reference_value: null, ratio: null },
    goal: `≥ ${GOAL} points`,
    ok: score >= GOAL,
  }
}

async function signIn(url: string) {
  const answer = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(OWNER),
  })
  if (!answer.ok) throw new Error(`signing in: ${answer.status} ${await answer.text()}`)
  return answer.headers.getSetCookie().map((line) => {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: decodeURIComponent(pair.slice(at + 1)), url }
  })
}
