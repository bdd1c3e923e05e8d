/**
 * Pixels and links as mail programs fetch them, each with a genuine token and from a network
 * of its own: how many a second are answered durable, and whether all of them are counted.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { z } from 'zod'
import { deriveKey } from '../src/lib/hmac.ts'
import { loadSecrets } from '../src/lib/secrets.ts'
import { createTokens, type TokenKind, type Tokens } from '../src/lib/token.ts'
import { createTemplate, mailbox, recipient } from './harness/accept.ts'
import { type Bench, type Context, type Result, ratioAtLeast } from './harness/bench.ts'
import { serveBeside } from './harness/child.ts'
import { startMeter } from './harness/cpu.ts'
import * as letter from './harness/letter.ts'
import { load, rawRequest } from './harness/load.ts'
import { inTurns } from './harness/rounds.ts'
import { startServer, type TestedServer } from './harness/server.ts'

const name = 'track'
const CONNECTIONS = 256 // mail programs do not share theirs
const WARM_UP_SECONDS = 3
const ROUNDS = 3
const LINKS = 2 // in each message
const INSERT_AT_ONCE = 20_000
const PATIENCE_MS = 30_000 // without progress
const AGENT = 'Mozilla/5.0 (X11; Linux x64; rv:140.0) Gecko/20100101 Thunderbird/140.2'

const Overview = z.object({ totals: z.record(z.string(), z.number()) })
const Id = z.object({ id: z.string() })
const Content = z.object({ html: z.string() })

export const track: Bench = {
  name,
  async run(context) {
    const [seconds, messages] = context.quick ? [2, 10_000] : [5, 100_000]
    const server = await startServer(context, { TRUST_PROXY: '127.0.0.1' })
    const paths = await sentMessages(server, messages)
    const bare = await referenceFor(context, server, paths)
    const task = { connections: CONNECTIONS, seconds, warmUp: WARM_UP_SECONDS }

    const results: Result[] = []
    let answered = LEARNED
    for (const kind of ['open', 'click'] as const) {
      const what = kind === 'open' ? 'pixels' : 'links'
      const all = paths[kind].map((path, n) => rawRequest('GET', path, headersOf(n)))
      const share = Math.ceil(all.length / ROUNDS)
      const fresh = Array.from({ length: ROUNDS }, (_, n) => all.slice(n * share, (n + 1) * share))
      const hit = async () => {
        const meter = await startMeter(context, server)
        const found = await load(context, {
          ...{ ...task, port: server.port },
          requests: fresh.pop() ?? all,
        })
        answered += found.answered
        const [rate, late] = [Math.round(found.perSecond), found.p99.toFixed(1)]
        context.say(`${what}: ${rate}/s, p99 ${late} ms`)
        await meter(found.answered, 'hit answered')
        await counted(server, answered, context)
        await meter(found.answered, 'hit answered and counted')
        return found
      }
      const { ours, theirs } = await inTurns(ROUNDS, hit, () =>
        load(context, { ...task, port: bare.port, requests: all }),
      )
      results.push(
        ratioAtLeast(
          {
            bench: name,
            what: `${what}, signature checked, durable, ${CONNECTIONS} connections`,
            value: ours.perSecond,
            unit: '/s',
            reference: 'bare node:http, same bytes',
            referenceValue: theirs.perSecond,
          },
          0.6,
        ),
      )
    }
    const lost = answered - (await counted(server, answered, context))
    return [
      ...results,
      {
        ...{ bench: name, what: `lost of ${answered.toLocaleString('en')} hits` },
        ...{ value: lost, unit: 'hits', reference: null, reference_value: null, ratio: null },
        goal: 'none',
        ok: lost === 0,
      },
    ]
  },
}

const LEARNED = 2 // the pixel and the link that were fetched to learn their bytes

interface Paths {
  readonly open: string[]
  readonly click: string[]
}

/**
 * The tracking paths of messages that were sent. One goes through the API; the others are
 * copies of its row to other people, with tokens signed as the server signs.
 */
async function sentMessages(server: TestedServer, count: number): Promise<Paths> {
  const template_id = await createTemplate(server, {
    name: 'on-its-way',
    channel: 'email',
    subject: letter.SUBJECT,
    html: letter.html(letter.destinations),
    text: letter.text,
  })
  const first = { channel: 'email', template_id, recipient_id: recipient(0), to: mailbox(0) }
  const { id } = Id.parse(
    await server.call('POST', '/notifications/send', {
      ...first,
      template_variables: letter.variables(0),
    }),
  )
  const sql = await server.sql()
  for (let from = 0; from < count; from += INSERT_AT_ONCE) {
    await sql`
      insert into messages (workspace_id, id, channel, status, priority, kind, recipient_id, address, sender_id,
        template_id, template_version, locale, variables, flags, due_at, expires_at, attempt, created_at, sent_at, settled_at)
      select workspace_id, uuidv7(), channel, 'sent', priority, kind, 'person-' || n,
        'person-' || n || '@company-' || n % 5000 || '.example', sender_id, template_id, template_version, locale,
        variables, flags, due_at, expires_at, 1, created_at, now() - interval '1 hour', now()
      from messages, generate_series(${from + 1}::int, ${Math.min(from + INSERT_AT_ONCE, count)}::int) as n
      where id = ${id}
    `
  }
  await sql`vacuum analyze messages`
  const rows = await sql<{ id: string; number: number }[]>`
    select m.id, w.number from messages m join workspaces w on w.id = m.workspace_id order by m.id
  `
  const { encryptionKey } = await loadSecrets({}, server.dataDir)
  const keys = new Map([[1, deriveKey(encryptionKey, 'tracking')]])
  const paths = pathsOf(rows, createTokens({ keys, current: 1 }))
  const { html } = Content.parse(await server.call('GET', `/notifications/${id}/content`))
  const own = pathsOf(rows.slice(0, 1), createTokens({ keys, current: 1 }))
  for (const path of [...own.open, ...own.click]) {
    if (!html.includes(path)) throw new Error('the server signs tokens in another way')
  }
  return paths
}

function pathsOf(rows: readonly { id: string; number: number }[], tokens: Tokens): Paths {
  const paths: Paths = { open: [], click: [] }
  for (const { id: messageId, number: workspaceNumber } of rows) {
    const sign = (kind: TokenKind, linkIndex: number) =>
      tokens.sign(kind, { workspaceNumber, messageId, linkIndex })
    paths.open.push(`/api/track/open/${sign('open', 0)}.png`)
    for (let link = 0; link < LINKS; link++)
      paths.click.push(`/api/track/click/${sign('click', link)}`)
  }
  return paths
}

/** A network of its own for every few requests; one for all would be a scanner. */
function headersOf(n: number): Record<string, string> {
  const address = `100.${64 + (n % 64)}.${(n >> 6) % 256}.${1 + (n % 250)}`
  return { 'user-agent': AGENT, 'x-forwarded-for': address, accept: 'image/*,*/*' }
}

async function totals(server: TestedServer): Promise<Record<string, number>> {
  return Overview.parse(await server.call('GET', '/analytics/overview')).totals
}

/** Waits until so many opens and clicks are counted; answers how many were when no more came. */
async function counted(server: TestedServer, wanted: number, context: Context): Promise<number> {
  let found = -1
  let since = performance.now()
  const began = since
  for (;;) {
    const { opened = 0, clicked = 0 } = await totals(server)
    if (opened + clicked !== found) since = performance.now()
    found = opened + clicked
    if (found >= wanted) {
      context.say(`counted ${((performance.now() - began) / 1_000).toFixed(1)} s later`)
      return found
    }
    if (performance.now() - since > PATIENCE_MS) return found
    await sleep(200)
  }
}

/** Bare node:http that has learned the bytes from ours. */
async function referenceFor(context: Context, server: TestedServer, paths: Paths) {
  const bare = await serveBeside('processes/trackServer.ts', context)
  const learn = async (path: string | undefined) => {
    const answer = await request(`http://127.0.0.1:${server.port}${path}`, {
      headers: headersOf(0),
    })
    const body = Buffer.from(await answer.body.arrayBuffer()).toString('base64')
    return { status: answer.statusCode, headers: sameHeaders(answer.headers), body }
  }
  const answers = { pixel: await learn(paths.open[0]), link: await learn(paths.click[0]) }
  await bare.ask(answers, z.object({ known: z.literal(true) }))
  return bare
}

/** Without those that node:http writes itself. */
function sameHeaders(headers: object): string[] {
  const own = new Set(['date', 'connection', 'keep-alive'])
  return Object.entries(headers).flatMap(([header, value]) =>
    own.has(header.toLowerCase()) ? [] : [header, String(value)],
  )
}
