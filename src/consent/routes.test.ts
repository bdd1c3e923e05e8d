import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testServer } from '../../test/helpers/server.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { contactRoutes } from '../contacts/routes.ts'
import { eventRoutes } from '../events/routes.ts'
import { auditRoutes } from '../workspaces/audit/routes.ts'
import { preferenceRoutes } from './preferenceRoutes.ts'
import { consentRoutes } from './routes.ts'
import type { Subject } from './subject.ts'
import { subjectRoutes } from './subjectRoutes.ts'
import { isSuppressed } from './suppress.ts'

const world = await testDatabase()
const { db, clock } = world
const erased: Subject[] = []
const callers = await testServer(
  [contactRoutes, eventRoutes, consentRoutes, preferenceRoutes, subjectRoutes, auditRoutes],
  {
    db,
    erasers: [
      async (_sql: unknown, _workspaceId: string, subject: Subject) => void erased.push(subject),
    ],
    exporters: { messages: async () => [{ subject: 'Hello' }] },
  },
)
const engines = await addWorkspace(world, 'analytical-engines', { defaultCountry: 'IL' })
const call = callers(engines)
const stranger = callers(await addWorkspace(world, 'looms'))

test('suppressions are listed, added and lifted, whatever the spelling', async () => {
  assert.equal(
    (
      await call('POST', '/suppressions', {
        kind: 'phone',
        address: '050-123-4567',
        detail: 'asked by phone',
      })
    ).json.address,
    '+972501234567',
  )
  clock.forward({ seconds: 1 })
  await call('POST', '/suppressions', {
    kind: 'email',
    address: 'A@Engines.test',
    reason: 'complaint',
  })
  const first = await call('GET', '/suppressions?limit=1')
  const second = await call('GET', `/suppressions?limit=1&cursor=${first.json.next_cursor}`)
  assert.deepEqual(
    [first.json.data[0].address, second.json.data[0].address, second.json.has_more],
    ['A@engines.test', '+972501234567', false],
  )
  assert.equal((await call('GET', '/suppressions?kind=phone')).json.data.length, 1)
  const one = (await call('GET', '/suppressions?kind=email&address=A@engines.test')).json.data
  assert.deepEqual(
    one.map(({ address }: { address: string }) => address),
    ['A@engines.test'],
  )
  assert.equal((await call('GET', '/suppressions?address=a@engines.test')).status, 422)
  assert.equal((await stranger('DELETE', '/suppressions/email/a@engines.test')).status, 404)
  assert.equal((await call('DELETE', '/suppressions/email/a@engines.test')).status, 200)
  assert.equal((await call('DELETE', '/suppressions/email/a@engines.test')).status, 404)
  const entries = (await call('GET', '/audit?action=suppression.lifted')).json.data
  assert.equal(entries.length, 1)
  assert.deepEqual(entries[0].details, { kind: 'email', reason: 'complaint' })
  assert.match(entries[0].target, /^[0-9a-f]{64}$/)
  const wrong = await call('POST', '/suppressions', { kind: 'email', address: 'no' })
  assert.deepEqual([wrong.status, wrong.json.errors[0].pointer], [422, '/address'])
})

test('topics are made once and changed after that', async () => {
  await call('POST', '/topics', { key: 'news', name: 'News' })
  await call('POST', '/topics', {
    key: 'news',
    name: 'All the news',
    kind: 'transactional',
    on_unknown: 'resend',
  })
  const { data } = (await call('GET', '/topics')).json
  assert.deepEqual(
    data.map((each: Record<string, string>) => [
      each['key'],
      each['name'],
      each['kind'],
      each['on_unknown'],
    ]),
    [['news', 'All the news', 'transactional', 'resend']],
  )
  assert.deepEqual((await stranger('GET', '/topics')).json.data, [])
  assert.equal((await call('POST', '/topics', { key: '*' })).status, 422)
})

test('consents are recorded with their proof and read back', async () => {
  await call('POST', '/contacts', { external_id: 'ada' })
  const body = {
    external_id: 'ada',
    topic: 'news',
    channel: 'email',
    granted: true,
    source: 'form',
    proof: { ip: '203.0.113.1' },
  }
  const made = await call('POST', '/consents', body)
  assert.equal(made.status, 201)
  const { data } = (await call('GET', '/contacts/ada/consents')).json
  assert.deepEqual(data, [made.json])
  const timeline = (await call('GET', '/contacts/ada/timeline')).json.data
  assert.equal(timeline[0].name, 'consent.granted')
  assert.equal((await stranger('POST', '/consents', body)).status, 404)
  assert.equal((await stranger('GET', '/contacts/ada/consents')).status, 404)
  assert.equal((await call('POST', '/consents', { granted: true })).status, 422)
})

test('preferences are made, changed one by one, and shown', async () => {
  const made = await call('POST', '/preferences', {
    user_id: 'grace',
    channels: { sms: false },
    categories: { news: true },
  })
  assert.equal(made.status, 201)
  clock.forward({ seconds: 1 })
  const changed = await call('PUT', '/preferences/grace', {
    topics: { offers: { email: false, sms: true }, news: false },
  })
  const { marketing, channels, categories, topics } = changed.json
  assert.deepEqual(
    { marketing, channels, categories, topics },
    {
      marketing: true,
      channels: { sms: false },
      categories: { news: false },
      topics: { offers: { email: false, sms: true } },
    },
  )
  assert.deepEqual((await call('GET', '/preferences/grace')).json, changed.json)
  const ledger = (await call('GET', '/contacts/grace/consents')).json.data.length
  await call('PUT', '/preferences/grace', { channels: { sms: false } })
  assert.equal(
    (await call('GET', '/contacts/grace/consents')).json.data.length,
    ledger,
    'nothing new was said',
  )
})

test('unsubscribing is of a channel, a category or all marketing', async () => {
  await call('POST', '/preferences', { user_id: 'bob' })
  await call('PUT', '/preferences/bob/unsubscribe', { channel: 'email' })
  await call('PUT', '/preferences/bob/unsubscribe', { category: 'news', channel: 'sms' })
  const all = await call('PUT', '/preferences/bob/unsubscribe')
  assert.equal(all.status, 200)
  assert.deepEqual(
    [all.json.marketing, all.json.channels, all.json.topics],
    [false, { email: false }, { news: { sms: false } }],
  )
  clock.forward({ seconds: 1 })
  assert.equal((await call('PUT', '/preferences/bob', { marketing: true })).json.marketing, true)
})

test('preferences of nobody, of strangers and with unknown fields are refused', async () => {
  for (const who of [call, stranger]) {
    const user = who === call ? 'nobody' : 'grace'
    assert.equal((await who('GET', `/preferences/${user}`)).status, 404)
    assert.equal((await who('PUT', `/preferences/${user}`, {})).status, 404)
    assert.equal((await who('PUT', `/preferences/${user}/unsubscribe`, {})).status, 404)
  }
  const refused = [
    await call('POST', '/preferences', { user_id: 'grace', colour: 'red' }),
    await call('PUT', '/preferences/grace', { channels: { email: 'yes' } }),
    await call('PUT', '/preferences/grace/unsubscribe', { everything: true }),
  ]
  assert.deepEqual(
    refused.map((each) => each.status),
    [422, 422, 422],
  )
})

test('a no to a channel that there is not is refused, as nobody would heed it', async () => {
  const said = { external_id: 'grace', granted: false }
  const refused = [
    await call('PUT', '/preferences/grace/unsubscribe', { channel: 'mail' }),
    await call('PUT', '/preferences/grace', { channels: { mail: false } }),
    await call('PUT', '/preferences/grace', { topics: { news: { mail: false } } }),
    await call('POST', '/consents', { ...said, channel: 'mail' }),
  ]
  assert.deepEqual(
    refused.map(({ status, json }) => [status, json.errors[0].pointer]),
    ['/channel', '/channels/mail', '/topics/news/mail', '/channel'].map((at) => [422, at]),
  )
})

test('erasing forgets the person and their duplicates, and keeps hashes that still suppress', async () => {
  await call('POST', '/contacts', {
    external_id: 'gone',
    name: 'Gone Person',
    email: 'gone@engines.test',
    phone: '0501234569',
  })
  await call('POST', '/contacts', {
    external_id: 'gone-dup',
    name: 'Gone Twin',
    email: 'twin@engines.test',
  })
  await call('POST', '/contacts/gone/merge', { duplicate_id: 'gone-dup' })
  await call('POST', '/consents', {
    external_id: 'gone',
    granted: true,
    proof: { ip: '203.0.113.9' },
  })
  await call('POST', '/suppressions', {
    kind: 'email',
    address: 'gone@engines.test',
    reason: 'bounce',
  })
  await call('POST', '/events', {
    name: 'form.sent',
    external_id: 'gone',
    properties: { from: 'gone@engines.test' },
  })
  const takenOut = await call('GET', '/contacts/gone/export')
  assert.deepEqual(Object.keys(takenOut.json), ['contact', 'consents', 'events', 'messages'])
  assert.equal(takenOut.json.consents[0].proof.ip, '203.0.113.9')
  const [told] = (await call('GET', '/audit?action=contact.exported')).json.data
  assert.equal(told.target, takenOut.json.contact.id)

  assert.equal((await stranger('DELETE', '/contacts/gone?erase=true')).status, 404)
  assert.deepEqual((await call('DELETE', '/contacts/gone?erase=true')).json.erased, true)
  assert.equal(erased[0]?.contactIds.length, 2)
  for (const id of ['gone', 'gone-dup', takenOut.json.contact.id]) {
    assert.equal((await call('GET', `/contacts/${id}`)).status, 404)
    assert.equal((await call('GET', `/contacts/${id}/export`)).status, 404)
  }
  for (const address of ['gone@engines.test', 'twin@engines.test']) {
    assert.equal(
      await isSuppressed(db.engine, engines, { kind: 'email', address }, clock.now()),
      true,
    )
  }
  assert.deepEqual(await tablesThatName(/Gone|gone@|twin@|501234569|203\.0\.113\.9/), [])
  assert.deepEqual(
    (await call('GET', '/events?name=contact.erased')).json.data.map(
      (each: { contact_id: null }) => each.contact_id,
    ),
    [null],
  )
  const [entry] = (await call('GET', '/audit?action=contact.erased')).json.data
  assert.equal(entry.target, null)
  assert.equal(typeof entry.request_id, 'string')
})

test('deleting takes the contact and leaves its suppressions as they are', async () => {
  await call('POST', '/contacts', { external_id: 'left', email: 'left@engines.test' })
  await call('POST', '/suppressions', { kind: 'email', address: 'left@engines.test' })
  assert.equal((await call('DELETE', '/contacts/left')).json.erased, false)
  assert.equal((await call('GET', '/contacts/left')).status, 404)
  const { data } = (await call('GET', '/suppressions?reason=manual')).json
  assert.ok(data.some((each: { address: string }) => each.address === 'left@engines.test'))
})

/** Tables any row of which, as text, matches. */
async function tablesThatName(pattern: RegExp): Promise<string[]> {
  const tables = await db.engine<{ name: string }[]>`
    select c.relname as name
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
  `
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await db.engine`select t::text as row from ${db.engine(name)} t`
    if (rows.some((row) => pattern.test(row['row']))) found.push(name)
  }
  return found
}
