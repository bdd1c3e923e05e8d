import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testServer } from '../../test/helpers/server.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { auditRoutes } from '../workspaces/audit/routes.ts'
import { contactRoutes } from './routes.ts'

const world = await testDatabase()
const { db, clock } = world
const callers = await testServer([contactRoutes, auditRoutes], { db })
const call = callers(await addWorkspace(world, 'analytical-engines', { defaultCountry: 'IL' }))
const stranger = callers(await addWorkspace(world, 'looms'))

const pointers = (answer: { json: { errors?: { pointer: string }[] } }) =>
  answer.json.errors?.map((error) => error.pointer)

test('a contact is made once per external_id and updated after that', async () => {
  const ada = {
    external_id: 'ada',
    name: 'Ada',
    email: ' Ada@ENGINES.test ',
    phone: '050-123-4567',
    locale: 'he_il',
    time_zone: 'Asia/Jerusalem',
    tags: ['first', 'first'],
    traits: { plan_name: 'pro', seats: 3 },
  }
  const made = await call('POST', '/contacts', ada)
  assert.equal(made.status, 201)
  assert.deepEqual(
    {
      email: made.json.email,
      phone: made.json.phone,
      locale: made.json.locale,
      tags: made.json.tags,
      traits: made.json.traits,
    },
    {
      email: 'Ada@engines.test',
      phone: '+972501234567',
      locale: 'he-IL',
      tags: ['first'],
      traits: { plan_name: 'pro', seats: 3 },
    },
  )
  const again = await call('POST', '/contacts', {
    external_id: 'ada',
    name: null,
    traits: { seats: null, new: [1] },
  })
  assert.equal(again.json.id, made.json.id)
  assert.equal(again.json.name, null)
  assert.equal(again.json.email, 'Ada@engines.test')
  assert.deepEqual(again.json.traits, { plan_name: 'pro', new: [1] })
})

test('a new email becomes the primary one and the old one stays', async () => {
  await call('PUT', '/contacts/ada', { email: 'countess@engines.test' })
  const { json } = await call('GET', '/contacts/ada')
  assert.deepEqual(
    json.addresses
      .filter((each: { kind: string }) => each.kind === 'email')
      .map((each: { address: string; primary: boolean }) => [each.address, each.primary]),
    [
      ['countess@engines.test', true],
      ['Ada@engines.test', false],
    ],
  )
  const gone = await call(
    'DELETE',
    `/contacts/ada/addresses/email/${encodeURIComponent('countess@engines.test')}`,
  )
  assert.equal(gone.json.email, 'Ada@engines.test')
  assert.equal(
    (await call('DELETE', '/contacts/ada/addresses/email/nobody@engines.test')).status,
    404,
  )
})

test('every wrong field is named', async () => {
  const cases: [object, string[]][] = [
    [{ external_id: 'x', email: 'no' }, ['/email']],
    [{ external_id: 'x', time_zone: '+02:00' }, ['/time_zone']],
    [{ external_id: 'x', time_zone: 'Mars/Base' }, ['/time_zone']],
    [{ external_id: 'x', locale: 'not a language' }, ['/locale']],
    [{ external_id: 'x', phone: 'abc' }, ['/phone']],
    [
      {
        external_id: 'x',
        addresses: [
          { kind: 'phone', address: '1' },
          { kind: 'email', address: 'no' },
        ],
      },
      ['/addresses/0/address', '/addresses/1/address'],
    ],
    [{ external_id: '' }, ['/external_id']],
    [{ name: 'Nobody' }, ['/external_id']],
    [{ external_id: 'x', traits: 'text' }, ['/traits']],
  ]
  for (const [body, expected] of cases) {
    const answer = await call('POST', '/contacts', body)
    assert.equal(answer.status, 422, JSON.stringify(body))
    assert.deepEqual(pointers(answer), expected, JSON.stringify(body))
  }
  assert.equal((await call('POST', '/contacts', { external_id: 'x', colour: 'red' })).status, 422)
  assert.equal((await call('GET', '/contacts/x')).status, 404)
})

test('phones are read in the country of the request, else of the workspace', async () => {
  const us = await call('POST', '/contacts', {
    external_id: 'us',
    phone: '(213) 373-4253',
    default_country: 'us',
  })
  assert.equal(us.json.phone, '+12133734253')
  const none = await stranger('POST', '/contacts', { external_id: 'us', phone: '0501234567' })
  assert.deepEqual(pointers(none), ['/phone'])
})

test('two upserts of the same person at once make one contact', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      call('POST', '/contacts', {
        external_id: 'race',
        email: 'race@engines.test',
        traits: { [`t${n}`]: n },
      }),
    ),
  )
  assert.equal(new Set(answers.map((answer) => answer.json.id)).size, 1)
  const { json } = await call('GET', '/contacts/race')
  assert.equal(Object.keys(json.traits).length, 8)
  assert.equal(json.addresses.length, 1)
})

test('without an id the email or else the phone is the id', async () => {
  const [one, two] = [
    await call('POST', '/contacts', { email: 'grace@engines.test' }),
    await call('POST', '/contacts', { email: 'Grace@engines.test', name: 'Grace' }),
  ]
  assert.equal(one.json.id, two.json.id)
  const phone = await call('POST', '/contacts', { phone: '+15005550006' })
  assert.notEqual(phone.json.id, one.json.id)
  assert.equal(
    (await call('POST', '/contacts', { phone: '+1 500 555 0006' })).json.id,
    phone.json.id,
  )
})

const verified = (address: string) => [{ kind: 'email', address, verified: true }]

test('contacts are linked by an email that both sides call verified, or by a phone that is unique', async () => {
  const web = await call('POST', '/contacts', {
    external_id: 'web-1',
    addresses: verified('link@engines.test'),
  })
  const crm = { identities: [{ source: 'crm', external_id: '77' }] }
  const unproven = await call('POST', '/contacts', {
    identities: [{ source: 'crm', external_id: '76' }],
    email: 'link@engines.test',
  })
  assert.notEqual(unproven.json.id, web.json.id)
  const linked = await call('POST', '/contacts', {
    ...crm,
    addresses: verified('link@engines.test'),
  })
  assert.equal(linked.json.id, web.json.id)
  const another = await call('POST', '/contacts', {
    external_id: 'web-2',
    addresses: verified('link@engines.test'),
  })
  assert.notEqual(another.json.id, web.json.id, 'another id of the same source is another person')

  const phone = '+442071838750'
  const first = await call('POST', '/contacts', { external_id: 'p-1', phone })
  const byPhone = (id: string) =>
    call('POST', '/contacts', { identities: [{ source: 'crm', external_id: id }], phone })
  assert.equal((await byPhone('80')).json.id, first.json.id)
  await call('POST', '/contacts', { external_id: 'p-2', phone })
  const third = await byPhone('81')
  assert.ok(![first.json.id].includes(third.json.id), 'the phone is not unique any more')
})

test('ids that belong to different contacts are a conflict', async () => {
  await call('POST', '/contacts', { external_id: 'left' })
  await call('POST', '/contacts', { identities: [{ source: 'crm', external_id: 'right' }] })
  const both = await call('POST', '/contacts', {
    external_id: 'left',
    identities: [{ source: 'crm', external_id: 'right' }],
  })
  assert.equal(both.status, 409)
})

test('lists are searched and paged', async () => {
  for (const n of [1, 2, 3]) {
    await call('POST', '/contacts', {
      external_id: `list-${n}`,
      name: `100%_${n}`,
      email: `list${n}@list.test`,
      tags: ['listed'],
    })
  }
  const first = await call('GET', '/contacts?tag=listed&limit=2')
  assert.equal(first.json.has_more, true)
  const second = await call('GET', `/contacts?tag=listed&limit=2&cursor=${first.json.next_cursor}`)
  const names = [...first.json.data, ...second.json.data].map(
    (each: { external_id: string }) => each.external_id,
  )
  assert.deepEqual(names, ['list-3', 'list-2', 'list-1'])
  const count = async (q: string) =>
    (await call('GET', `/contacts?q=${encodeURIComponent(q)}`)).json.data.length
  assert.deepEqual(
    [await count('100%_'), await count('LIST2@'), await count('list-3'), await count('100__')],
    [3, 1, 1, 0],
  )
  assert.equal((await call('GET', '/contacts?cursor=nonsense')).status, 422)
})

test('a merge can be taken back and leaves what was changed since', async () => {
  const kept = await call('POST', '/contacts', {
    external_id: 'kept',
    email: 'kept@m.test',
    traits: { a: 1 },
    tags: ['x'],
  })
  const dup = await call('POST', '/contacts', {
    external_id: 'dup',
    name: 'Dup',
    email: 'dup@m.test',
    phone: '+15005550007',
    traits: { a: 2, b: 2, c: 2 },
    tags: ['x', 'y'],
  })
  const merged = await call('POST', '/contacts/kept/merge', { duplicate_id: dup.json.id })
  assert.equal(merged.json.id, kept.json.id)
  assert.deepEqual(
    [merged.json.name, merged.json.email, merged.json.phone],
    ['Dup', 'kept@m.test', '+15005550007'],
  )
  assert.deepEqual([merged.json.traits, merged.json.tags], [{ a: 1, b: 2, c: 2 }, ['x', 'y']])
  for (const id of ['dup', dup.json.id])
    assert.equal((await call('GET', `/contacts/${id}`)).json.id, kept.json.id)
  assert.equal((await call('POST', '/contacts/kept/merge', { duplicate_id: 'dup' })).status, 409)

  clock.forward({ minutes: 1 })
  await call('PUT', '/contacts/kept', { traits: { b: 'mine now' } })
  const undone = await call('POST', '/contacts/kept/unmerge', {})
  assert.deepEqual(undone.json.contact.traits, { a: 1, b: 'mine now' })
  assert.deepEqual(
    [undone.json.contact.name, undone.json.contact.phone, undone.json.contact.tags],
    [null, null, ['x']],
  )
  assert.equal(undone.json.duplicate.id, dup.json.id)
  assert.equal((await call('GET', '/contacts/dup')).json.email, 'dup@m.test')
  assert.equal((await call('POST', '/contacts/kept/unmerge', {})).status, 409)
  const entries = (await call('GET', `/audit?target=${kept.json.id}`)).json.data
  assert.deepEqual(
    entries.map(({ action, details }: Record<string, unknown>) => [action, details]),
    ['unmerged', 'merged'].map((did) => [`contact.${did}`, { duplicate: dup.json.id }]),
  )
})

test('of two merges of the same duplicate at once one wins', async () => {
  for (const id of ['m-1', 'm-2', 'm-3']) await call('POST', '/contacts', { external_id: id })
  const answers = await Promise.all(
    ['m-1', 'm-2'].map((id) => call('POST', `/contacts/${id}/merge`, { duplicate_id: 'm-3' })),
  )
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1)
})

test('the ids of another workspace lead nowhere', async () => {
  const mine = await call('GET', '/contacts/ada')
  await stranger('POST', '/contacts', { external_id: 'own' })
  for (const id of [mine.json.id, 'ada', uuid7()]) {
    const path = `/contacts/${id}`
    const answers = [
      await stranger('GET', path),
      await stranger('PUT', path, { name: 'x' }),
      await stranger('POST', `${path}/addresses`, { kind: 'email', address: 'a@b.test' }),
      await stranger('DELETE', `${path}/addresses/email/a@b.test`),
      await stranger('POST', `${path}/merge`, { duplicate_id: 'own' }),
      await stranger('POST', '/contacts/own/merge', { duplicate_id: id }),
      await stranger('POST', `${path}/unmerge`, {}),
    ]
    assert.deepEqual(
      answers.map((answer) => answer.status),
      Array(7).fill(404),
    )
  }
})
