/** A draft is kept beside the version in use until it is published, and nobody writes over another's unasked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { testServer } from '../../test/helpers/server.ts'
import { templateRoutes } from './routes.ts'

const database = await testDatabase()
const { db } = database
const engine = await testEngine(database, { start: false })
const deps = { db, directories: engine.directories, publicUrl: 'https://beckon.test' }
const server = await testServer([templateRoutes(deps)], { db })
const call = server(engine.workspaceId)

async function made(name: string) {
  const answer = await call('POST', '/templates', {
    ...{ name, channel: 'email', subject: 'Old', html: '<p>old</p>' },
    locales: { he: { subject: 'ישן', text: 'ישן' } },
  })
  assert.equal(answer.status, 201, answer.text)
  return `/templates/${answer.json.id}`
}
const seen = (revision: number) => ({ 'if-match': `"${revision}"` })
const save = (path: string, locales: object, headers = {}, basedOn?: number) =>
  call('PUT', `${path}/draft`, { locales, ...(basedOn ? { based_on: basedOn } : {}) }, headers)
const inUse = async (path: string) => {
  const { subject, version, draft } = (await call('GET', path)).json
  return [subject, version, draft?.revision ?? null]
}

test('a draft is kept, changes no version, and is used once it is published', async () => {
  const path = await made('published')
  assert.equal((await call('GET', `${path}/draft`)).status, 404)
  const saved = await save(path, { en: { subject: 'New {x}' }, he: { subject: 'חדש' } })
  assert.deepEqual([saved.status, saved.json.revision, saved.json.based_on], [200, 1, 1])
  assert.deepEqual((await call('GET', `${path}/draft`)).json, saved.json)
  assert.deepEqual(await inUse(path), ['Old', 1, 1])
  const [listed] = (await call('GET', '/templates?q=published')).json.data
  assert.deepEqual([listed.draft.revision, listed.draft.based_on], [1, 1])
  const published = await call('POST', `${path}/publish`, { note: 'shorter' })
  assert.deepEqual([published.status, published.json.version], [200, 2], published.text)
  assert.deepEqual([published.json.locales.he.subject, published.json.draft], ['חדש', null])
  assert.deepEqual(
    published.json.variables.map(({ name }: { name: string }) => name),
    ['x'],
  )
  assert.equal((await call('GET', `${path}/versions`)).json.data[0].note, 'shorter')
  assert.equal((await call('POST', `${path}/publish`, {})).status, 404)
  assert.deepEqual(await inUse(path), ['New {x}', 2, null])
})

test('what cannot be sent is kept all the same, and refused when it is to be published', async () => {
  const path = await made('unfinished')
  assert.equal((await save(path, { en: { subject: '', html: '<p>{% if' } })).status, 200)
  const refused = await call('POST', `${path}/publish`, {})
  assert.equal(refused.status, 422)
  assert.equal(refused.json.errors[0].pointer, '/locales/en/html')
  await save(path, { en: { subject: '' } })
  const empty = await call('POST', `${path}/publish`, {})
  assert.deepEqual([empty.status, empty.json.errors[0].pointer], [422, '/subject'])
  assert.deepEqual(await inUse(path), ['Old', 1, 2])
})

test('who has not seen the last save of the draft is told, and nothing is written over', async () => {
  const path = await made('of two')
  assert.equal((await save(path, { en: { subject: 'Mine' } }, seen(0))).json.revision, 1)
  const late = await save(path, { en: { subject: 'Theirs' } }, seen(0))
  assert.deepEqual([late.status, late.json.code], [412, 'outdated'])
  assert.match(late.json.detail, /^The draft was saved by \w+ meanwhile/)
  assert.equal((await call('DELETE', `${path}/draft`, undefined, seen(9))).status, 412)
  assert.equal((await call('POST', `${path}/publish`, {}, seen(9))).status, 412)
  assert.equal((await save(path, { en: { subject: 'Ours' } }, seen(1))).json.revision, 2)
  assert.equal((await call('DELETE', `${path}/draft`, undefined, seen(2))).status, 204)
  const gone = await save(path, { en: { subject: 'Again' } }, seen(2))
  assert.match(gone.json.detail, /published or thrown away/)
  assert.equal((await save(path, { en: { subject: 'Again' } }, seen(0))).json.revision, 3)
  const repeated = await save(path, { en: { subject: 'Again' } }, seen(0))
  assert.deepEqual([repeated.status, repeated.json.revision], [200, 3], 'it is there already')
  assert.equal((await call('DELETE', `${path}/draft`)).status, 204)
  assert.equal((await call('DELETE', `${path}/draft`, undefined, seen(3))).status, 204)
})

test('a draft does not go over a version that came after it was begun, unless it is said', async () => {
  const path = await made('behind')
  await save(path, { en: { subject: 'Drafted' } })
  const changed = await call('PUT', path, { html: '<p>theirs</p>' }, seen(1))
  assert.deepEqual([changed.json.version, changed.json.draft.based_on], [2, 1])
  assert.equal((await call('PUT', path, { subject: 'x' }, seen(1))).status, 412)
  const refused = await call('POST', `${path}/publish`, {})
  assert.match(refused.json.detail, /^Version 2 was made by/)
  assert.equal((await save(path, { en: { subject: 'Drafted' } })).json.based_on, 1)
  const none = await save(path, { en: { subject: 'Drafted' } }, {}, 9)
  assert.deepEqual([none.status, none.json.errors[0].pointer], [422, '/based_on'])
  assert.equal((await save(path, { en: { subject: 'Drafted' } }, {}, 2)).json.based_on, 2)
  const { json } = await call('POST', `${path}/publish`, {})
  assert.deepEqual([json.version, json.subject, json.html], [3, 'Drafted', '<p>theirs</p>'])
})

test('of two who publish one draft at once, one does', async () => {
  const path = await made('twice')
  await save(path, { en: { subject: 'Once' } })
  const answers = await Promise.all([1, 2, 3].map(() => call('POST', `${path}/publish`, {})))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.deepEqual(await inUse(path), ['Once', 2, null])
})

test('a test shows the draft that is kept', async () => {
  const path = await made('tested')
  assert.equal((await call('POST', `${path}/test`, { draft: true })).status, 404)
  await save(path, { en: { subject: 'As drafted' } })
  const shown = await call('POST', `${path}/test`, { draft: true })
  assert.equal(shown.json.subject, 'As drafted')
})

test('another workspace sees no draft, and an archived template has none', async () => {
  const path = await made('private')
  await save(path, { en: { subject: 'Secret' } })
  const stranger = server(await engine.addWorkspace('draft-strangers'))
  for (const [method, end, body] of [
    ['GET', '/draft'],
    ['PUT', '/draft', { locales: {} }],
    ['DELETE', '/draft'],
    ['POST', '/publish', {}],
  ] as const)
    assert.equal((await stranger(method, path + end, body)).status, 404, `${method} ${end}`)
  const { id } = (await call('GET', path)).json
  const kept = () => database.db.engine`select from template_drafts where template_id = ${id}`
  assert.equal((await kept()).count, 1)
  assert.equal((await call('DELETE', path)).status, 204)
  assert.equal((await call('GET', `${path}/draft`)).status, 404)
  assert.equal((await kept()).count, 0)
})

test('a template has a hundred languages at most, however they come', async () => {
  const path = await made('polyglot')
  const many = (language: string, count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `${language}-A${at + 100}`,
        { subject: 'x', text: 'y' },
      ]),
    )
  for (const end of ['/draft', '']) {
    const refused = await call('PUT', path + end, { locales: many('en', 101) })
    assert.deepEqual([refused.status, refused.json.errors?.[0]?.pointer], [422, '/locales'])
  }
  assert.equal((await call('PUT', path, { locales: many('en', 60) })).status, 200)
  assert.equal((await call('PUT', path, { locales: many('de', 60) })).status, 422)
})
