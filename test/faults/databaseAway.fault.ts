/** The database is away for a while: what people and vendors meet meanwhile, and what is left of it after. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { simpleParser } from 'mailparser'
import { request } from 'undici'
import { api } from '../helpers/api.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const AWAY_MS = 30_000
const PEOPLE = 20
const KNOWN = 10 // of them followed their link before the database went
const WAITING = 2_000 // messages that are on their way when it goes

const world = await serverWorld({ linked: true, keepRaw: true, thinkMs: 2 })

test('R05', async (t) => {
  const server = await world.start({ env: { META_API_TOKEN: 'x'.repeat(40), META_PHONE_ID: '1' } })
  const call = api(() => server.url, KEY)
  const html = '<p>Hello <a href="https://shop.example/offer">offer</a></p>'
  const letters = Array.from({ length: PEOPLE }, (_, n) => ({
    ...{ to: `reader${n}@example.org`, channel: 'email', subject: 'Offer', html },
  }))
  const accepted: string[] = (await call('POST', '/notifications', letters)).json.data.map(
    ({ id }: { id: string }) => id,
  )
  const mails = await until('the letters', async () => {
    const all = await world.sink.arrivals()
    return all.length === PEOPLE && all
  })
  const places = await Promise.all(mails.map(({ raw }) => placesIn(raw ?? '')))
  const get = async (place: string) => {
    const begun = performance.now()
    const answer = await request(`${server.url}${place}`).catch(() => null)
    await answer?.body.dump()
    return { status: answer?.statusCode ?? 0, ms: performance.now() - begun }
  }
  for (const { link } of places.slice(0, KNOWN)) assert.equal((await get(link)).status, 302)
  const batches = Array.from({ length: WAITING / 1_000 }, (_, batch) =>
    Array.from({ length: 1_000 }, (_, n) => ({
      ...{ to: `waiting${batch}-${n}@example.org`, channel: 'email' },
      ...{ subject: 'Wait', message: 'Wait.' },
    })),
  )
  for (const batch of batches)
    for (const { id } of (await call('POST', '/notifications', batch)).json.data) accepted.push(id)

  world.link.cut()
  const away = performance.now()
  const statuses = { pixel: new Map(), link: new Map(), webhook: new Map(), api: new Map() }
  const note = (of: Map<number, number>, status: number) =>
    of.set(status, (of.get(status) ?? 0) + 1)
  let slowest = 0
  let retryAfter: unknown
  for (let n = 0; performance.now() - away < AWAY_MS; n++) {
    const { pixel = '', link = '' } = places[n % PEOPLE] ?? {}
    const opened = await get(pixel)
    note(statuses.pixel, opened.status)
    const clicked = await get(link)
    note(statuses.link, clicked.status)
    if (n % PEOPLE < KNOWN) assert.equal(clicked.status, 302, 'a link that was known')
    const hook = await call('POST', '/webhook/meta', { object: 'whatsapp_business_account' })
    note(statuses.webhook, hook.status)
    retryAfter ??= hook.status === 503 ? hook.headers['retry-after'] : undefined
    const asked = await call('POST', '/notifications', letters[0])
    note(statuses.api, asked.status)
    slowest = Math.max(slowest, opened.ms, clicked.ms)
    await sleep(150)
  }
  world.link.restore()
  const back = performance.now()
  await until('a success', async () => (await call('GET', '/health')).status === 200)
  const firstMs = Math.round(performance.now() - back)
  await allSettled(world.db.engine, await world.workspaceId())
  const drained = performance.now() - back

  const pixels = statuses.pixel.get(200) ?? 0
  const clicks = (statuses.link.get(302) ?? 0) + KNOWN
  const counted = await until('the hits to be counted', async () => {
    const [row] = await world.db.engine<{ opens: number; clicks: number }[]>`
      select count(*) filter (where name = 'message.opened')::int as opens,
        count(*) filter (where name = 'message.clicked')::int as clicks
      from events
    `
    return row && row.opens >= pixels && row.clicks >= clicks && row
  }).catch(() => null)
  const summary = Object.entries(statuses)
    .map(([name, of]) => `${name} ${[...of].map(([status, n]) => `${status} × ${n}`).join(' ')}`)
    .join(', ')
  assert.ok(counted, `hits are missing: ${pixels} pixels and ${clicks} links; ${summary}`)
  assert.deepEqual([...statuses.pixel.keys()], [200], summary)
  for (const status of statuses.link.keys()) assert.ok([302, 503].includes(status), summary)
  assert.deepEqual([...statuses.webhook.keys()], [503], summary)
  assert.deepEqual([...statuses.api.keys()], [503], summary)
  assert.ok(retryAfter, 'vendors are not told when to come again')
  const verdict = await checkInvariants(world.db.engine, {
    workspaceId: await world.workspaceId(),
    acknowledged: accepted,
    received: (await world.sink.arrivals()).map(idOf),
  })
  assert.equal(await server.stop(), 0, server.output())
  t.diagnostic(
    `${AWAY_MS / 1000} s without the database: ${summary}; slowest pixel or link ${Math.round(slowest)} ms; ` +
      `healthy ${firstMs} ms after it came back, ${pixels + clicks} hits kept, 0 lost; ` +
      `what waited was sent within ${Math.round(drained)} ms, ${verdict.unknown} unknown, 0 twice`,
  )
})

/** The paths of its pixel and of its first link. */
async function placesIn(raw: string): Promise<{ pixel: string; link: string }> {
  const { html } = await simpleParser(Buffer.from(raw, 'latin1'))
  const text = html || ''
  const pixel = /https:\/\/[^"]*?(\/api\/track\/open\/[^"]+)"/.exec(text)?.[1]
  const link = /https:\/\/[^"]*?(\/api\/track\/click\/[^"]+)"/.exec(text)?.[1]
  if (!pixel || !link) throw new Error(`neither pixel nor link in ${text}`)
  return { pixel, link }
}
