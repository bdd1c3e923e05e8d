/**
 * A server with a heap that is too small, killed in the middle of an import:
 * what starts after it goes on where the import was.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from 'undici'
import { api } from '../helpers/api.ts'
import { until } from '../helpers/until.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const HEAP_MB = 128
const ROWS = 30_000 // about 4 MB
const KILLS = 3

const world = await serverWorld()

test('R18', async (t) => {
  const env = { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` }
  let server = await world.start({ env })
  let deaths = 0
  const lines = Array.from(
    { length: ROWS },
    (_, n) => `c-${n},person${n}@example.org,Person ${n},${'note '.repeat(20)}`,
  )
  const file = `external_id,email,name,note\n${lines.join('\n')}\n`
  const answer = await request(`${server.url}/contacts/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'text/csv' },
    body: file,
  })
  assert.equal(answer.statusCode, 202, await answer.body.text())
  const contacts = async () => {
    const [row] = await world.db.engine<{ n: number }[]>`select count(*)::int as n from contacts`
    return row?.n ?? 0
  }
  const again = async () => {
    if (!server.running) deaths++
    else await server.kill()
    server = await world.start({ env })
  }
  for (let kill = 1; kill <= KILLS; kill++) {
    const wanted = (ROWS * kill) / (KILLS + 1)
    await until('some of it', async () => !server.running || (await contacts()) >= wanted, 240_000)
    await again()
  }
  const call = api(() => server.url, KEY)
  const done = await until(
    'the import to end',
    async () => {
      if (!server.running) await again()
      const { json } = await call('GET', '/contacts/imports').catch(() => ({ json: null }))
      const [one] = json?.data ?? []
      return (one?.status === 'done' || one?.status === 'failed') && one
    },
    300_000,
  )
  const [row] = await world.db.engine<{ n: number; people: number }[]>`
    select (select count(*)::int from contacts) as n,
      count(distinct (source, external_id))::int as people from contact_identities
  `
  assert.equal(done.status, 'done', JSON.stringify(done))
  assert.equal(row?.n, ROWS)
  assert.equal(row.people, ROWS)
  assert.equal(await server.stop(), 0, server.output())
  t.diagnostic(
    `${ROWS} rows, ${(file.length / 1024 / 1024).toFixed(1)} MB, heap of ${HEAP_MB} MB, ${KILLS} kills and ${deaths} deaths of its own: ` +
      `${row.n} contacts, 0 lost, 0 double`,
  )
})
