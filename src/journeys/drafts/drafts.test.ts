import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestApp } from '../../../test/helpers/app.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { addTenant } from '../../../test/helpers/tenant.ts'

const app = await startTestApp(await testDatabase())
const apple = await addTenant(app, 'apple')
const pear = await addTenant(app, 'pear')
const call = (method: string, path: string, body?: unknown, headers: object = {}) =>
  app.call(method, path, body, { ...apple.session, ...headers })

const right = (name: string) => ({
  ...{ name, trigger: { api: true } },
  steps: [
    { id: 'pause', type: 'wait', days: 1 },
    { id: 'note', type: 'send', channel: 'email', content: { subject: 'Hello', text: 'You.' } },
  ],
})
const wrong = (name: string) => ({
  ...{ name, trigger: { api: true } },
  steps: [
    { id: 'event', type: 'wait_for', event: '', for: { days: 3 } },
    {
      id: 'note',
      type: 'send',
      channel: 'email',
      content: { text: '{{ steps.none }}' },
      next: 'x',
    },
  ],
})

test('a journey that is wrong is kept, with every fault of every kind; publishing refuses with all of them', async () => {
  const begun = await call('POST', '/journey-drafts', { document: wrong('later') })
  assert.equal(begun.status, 201, begun.text)
  const { id, revision, version, errors } = begun.json
  assert.deepEqual({ revision, version }, { revision: 1, version: 0 })
  assert.deepEqual(errors.map(({ pointer }: { pointer: string }) => pointer).toSorted(), [
    '/steps/0/event',
    '/steps/1/content/subject',
    '/steps/1/content/text',
    '/steps/1/next',
  ])
  const refused = await call('POST', `/journeys/${id}/publish`)
  assert.equal(refused.status, 422)
  assert.deepEqual(refused.json.errors, errors)
  assert.equal((await call('GET', `/journeys/${id}`)).status, 404)
  const { json: list } = await call('GET', '/journey-drafts?unpublished=true')
  assert.deepEqual(
    list.data.map(({ id: each, name }: { id: string; name: string }) => [each, name]),
    [[id, 'later']],
  )
  assert.equal(
    (await app.call('GET', `/journeys/${id}/draft`, undefined, pear.session)).status,
    404,
  )

  const mended = await call('PUT', `/journeys/${id}/draft`, { document: right('later') })
  assert.deepEqual([mended.json.revision, mended.json.errors], [2, []])
  const published = await call('POST', `/journeys/${id}/publish`)
  assert.equal(published.status, 200, published.text)
  assert.deepEqual([published.json.id, published.json.version], [id, 1])
  assert.equal((await call('GET', `/journeys/${id}/draft`)).status, 404)
})

test('a draft stands beside the version in use until it is published, and knows what it was begun with', async () => {
  const { json: made } = await call('POST', '/journeys', right('beside'))
  const path = `/journeys/${made.id}`
  await call('PUT', `${path}/draft`, { document: wrong('beside') })
  const { json: journey } = await call('GET', path)
  assert.deepEqual([journey.version, journey.document], [1, made.document])
  assert.deepEqual([journey.draft.revision, journey.draft.based_on], [1, 1])

  await call('PUT', path, { ...right('beside'), title: 'Theirs' })
  await call('PUT', `${path}/draft`, { document: { ...right('beside'), title: 'Mine' } })
  const late = await call('POST', `${path}/publish`)
  assert.equal(late.status, 412, late.text)
  assert.equal(late.json.code, 'outdated')
  assert.match(late.json.detail, /^Version 2 was published by \S.* meanwhile\./)
  const { json: seen } = await call('PUT', `${path}/draft`, {
    document: { ...right('beside'), title: 'Mine' },
    based_on: 2,
  })
  assert.equal(seen.based_on, 2)
  const key = { 'idempotency-key': 'publish once' }
  const first = await call('POST', `${path}/publish`, undefined, key)
  assert.deepEqual([first.json.version, first.json.title], [3, 'Mine'])
  assert.deepEqual((await call('POST', `${path}/publish`, undefined, key)).json, first.json)
  assert.equal((await call('POST', `${path}/publish`)).status, 404)
})

test('two people at one draft or journey: the second is told who saved meanwhile', async () => {
  const { json: made } = await call('POST', '/journeys', right('shared'))
  const path = `/journeys/${made.id}`
  const save = (title: string, seen: number) =>
    call(...(['PUT', `${path}/draft`, { document: { ...right('shared'), title } }] as const), {
      'if-match': `"${seen}"`,
    })
  const both = await Promise.all([save('one', 0), save('two', 0)])
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 412])
  const refused = both.find(({ status }) => status === 412)
  assert.match(refused?.json.detail, /^The draft was saved by \S+.* meanwhile\./)
  const [mine] = both.flatMap(({ status }, at) =>
    status === 200 ? [['one', 'two'][at] ?? ''] : [],
  )
  assert.equal((await save(mine ?? '', 0)).status, 200, 'what is there already is no conflict')
  assert.equal((await save('three', 1)).json.revision, 2)
  const stale = { 'if-match': '1' }
  assert.equal((await call('POST', `${path}/publish`, undefined, stale)).status, 412)
  assert.equal((await call('DELETE', `${path}/draft`, undefined, stale)).status, 412)
  assert.equal((await call('DELETE', `${path}/draft`)).status, 204)
  assert.equal((await save('another draft', 0)).json.revision, 3)
  assert.equal((await save('four', 2)).status, 412, 'the draft that was seen is gone')
  assert.equal((await call('DELETE', `${path}/draft`)).status, 204)
  assert.equal((await call('DELETE', `${path}/draft`)).status, 204)
  assert.match((await save('five', 3)).json.detail, /published or thrown away/)

  assert.equal((await call('PUT', path, { ...right('shared'), title: 'A' }, stale)).status, 200)
  const late = await call('PUT', path, { ...right('shared'), title: 'B' }, stale)
  assert.equal(late.status, 412)
  assert.match(late.json.detail, /^Version 2 was saved by \S.* meanwhile\./)
  assert.equal((await call('PUT', path, right('shared'), { 'if-match': 'x' })).status, 422)
})

test('who saved a draft is called as they are called now', async () => {
  const { json: draft } = await call('POST', '/journey-drafts', { document: right('named') })
  assert.equal((await call('PUT', '/auth/me', { full_name: 'Grace Hopper' })).status, 200)
  const { json: shown } = await call('GET', `/journeys/${draft.id}/draft`)
  assert.deepEqual([shown.saved_by, shown.saved_by_name], [apple.member, 'Grace Hopper'])
  const { json: list } = await call('GET', '/journey-drafts?unpublished=true')
  const [listed] = list.data.filter(({ id }: { id: string }) => id === draft.id)
  assert.equal(listed.saved_by_name, 'Grace Hopper')
  const path = `/journeys/${draft.id}/draft`
  const change = { document: right('by a key') }
  const byKey = await app.call('PUT', path, change, await app.keyFor('apple'))
  assert.match(byKey.json.saved_by_name, /\S/)
})

test('a draft may be wrong in everything but its size', async () => {
  const fields = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`field${at}`, at]))
  const document = { steps: [{ id: 'pause', type: 'wait', ...fields }] }
  const refused = await call('POST', '/journey-drafts', { document })
  assert.equal(refused.status, 422)
  assert.deepEqual(refused.json.errors, [
    { pointer: '/document/steps/0', detail: 'at most 100 fields' },
  ])
})
