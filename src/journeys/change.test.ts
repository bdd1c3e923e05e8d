import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TransactionSql } from 'postgres'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { system } from '../workspaces/audit/audit.ts'
import { changeJourney, changeSettings } from './change.ts'
import { createJourney } from './create.ts'
import { archiveJourney, enableJourney, pauseJourney } from './enable.ts'
import { getCurrentJourney } from './find.ts'
import { JourneyDocument } from './schema.ts'
import { findJourneyVersion, listJourneyVersions } from './store.ts'

const database = await testDatabase()
const { db, clock } = database

const documentOf = (name: string, more: object = {}) =>
  JourneyDocument.parse({
    name,
    trigger: { events: ['user.signed_up'] },
    settings: {
      hours: { title: 'Hours', type: 'number', default: 24 },
      until: { title: 'Until', default: '21' },
    },
    window: { from: '8', until: '{{ settings.until }}' },
    steps: [
      { id: 'pause', type: 'wait', hours: '{{ settings.hours }}' },
      { id: 'end', type: 'exit', reason: 'done' },
    ],
    ...more,
  })

let worlds = 0
async function world() {
  const workspaceId = await addWorkspace(database, `journeys-${++worlds}`)
  const act = <T>(work: (tx: TransactionSql, workspaceId: string) => Promise<T>) =>
    inWorkspace(db, workspaceId, (tx) => work(tx, workspaceId))
  const by = () => ({ actor: system, now: clock.now() })
  const create = (document = documentOf('welcome')) =>
    act((tx, id) => createJourney(tx, id, document, by()))
  const change = (document: JourneyDocument, ref = 'welcome') =>
    act((tx, id) => changeJourney(tx, id, { ref, document }, by()))
  const enable = (ref = 'welcome') => act((tx, id) => enableJourney(tx, id, ref, by()))
  const pause = (ref = 'welcome', reason?: string) =>
    act((tx, id) => pauseJourney(tx, id, { ref, reason }, by()))
  const current = (ref = 'welcome') => act((tx, id) => getCurrentJourney(tx, id, ref))
  const heard = async () => {
    const rows = await db.engine<{ name: string }[]>`
      select name from event_interests where workspace_id = ${workspaceId} order by name
    `
    return rows.map(({ name }) => name)
  }
  return { workspaceId, act, by, create, change, enable, pause, current, heard }
}

const conflict = (error: unknown) => error instanceof AppError && error.code === 'conflict'

test('a new journey is a draft that nobody hears of', async () => {
  const { create, heard, current } = await world()
  const { row } = await create()
  assert.deepEqual([row.status, row.version, row.origin], ['draft', 1, 'member'])
  assert.deepEqual(await heard(), [])
  assert.deepEqual((await current(row.id)).version.definition, documentOf('welcome'))
  await assert.rejects(create(), conflict)
})

test('a change makes a version; the same document makes none; older ones stay', async () => {
  const { act, create, change, current } = await world()
  const { row } = await create()
  await change(documentOf('welcome'))
  assert.equal((await current()).row.version, 1)
  await change(documentOf('hello', { title: 'Hello' }))
  const changed = await current('hello')
  assert.deepEqual([changed.row.version, changed.row.title], [2, 'Hello'])
  const first = await act((tx, id) => findJourneyVersion(tx, id, row.id, 1))
  assert.equal(first?.definition.name, 'welcome')
})

test('changes at once make one version each, none lost', async () => {
  const { act, create, change, current } = await world()
  const { row } = await create()
  const titles = ['a', 'b', 'c', 'd', 'e']
  await Promise.all(titles.map((title) => change(documentOf('welcome', { title }))))
  assert.equal((await current()).row.version, 6)
  const versions = await act((tx, id) =>
    listJourneyVersions(tx, id, row.id, { before: null, limit: 10 }),
  )
  assert.deepEqual(
    versions.map(({ version }) => version),
    [6, 5, 4, 3, 2, 1],
  )
})

test('a name that is taken is refused, and nothing is changed', async () => {
  const { create, change, current } = await world()
  await create()
  await create(documentOf('other'))
  await assert.rejects(change(documentOf('other')), conflict)
  assert.equal((await current()).row.version, 1)
})

test('enabling hears of what the journey names; pausing too, for its runs', async () => {
  const { create, enable, pause, heard, change } = await world()
  await create(documentOf('welcome', { exit_on: [{ event: 'order.paid' }] }))
  assert.deepEqual(
    [(await enable()).row.status, (await pause('welcome', 'holiday')).row.statusReason],
    ['active', 'By hand: holiday'],
  )
  const names = await heard()
  for (const name of ['user.signed_up', 'order.paid', 'message.replied', 'message.failed'])
    assert.ok(names.includes(name), name)
  await enable()
  await change(documentOf('welcome', { trigger: { events: ['user.came_back'] } }))
  // Runs of the first version still wait for what ends them.
  for (const name of ['user.came_back', 'order.paid']) assert.ok((await heard()).includes(name))
})

test('journeys that are enabled at once are all heard', async () => {
  const { create, enable, heard } = await world()
  const names = Array.from({ length: 6 }, (_, i) => `j${i}`)
  for (const name of names)
    await create(documentOf(name, { trigger: { events: [`event.${name}`] } }))
  await Promise.all(names.map((name) => enable(name)))
  const found = await heard()
  assert.deepEqual(
    names.filter((name) => !found.includes(`event.${name}`)),
    [],
  )
})

test('settings take values that fit, and what no longer fits falls back', async () => {
  const { act, by, create, change, current } = await world()
  await create()
  const set = (settings: Record<string, string | number>) =>
    act((tx, id) => changeSettings(tx, id, { ref: 'welcome', settings }, by()))
  await set({ hours: 0.5, until: '22' })
  assert.deepEqual((await current()).row.settings, { hours: 0.5, until: '22' })
  await assert.rejects(set({ hours: 'soon' }), /\/hours: Give a number/)
  await assert.rejects(set({ minutes: 1 }), /\/minutes: There is no such setting/)
  await assert.rejects(set({ until: '08:00' }), /closes when it opens/)
  const settings = { until: { title: 'Until', default: '20' } }
  const steps = [{ id: 'end', type: 'exit', reason: 'done' }]
  await change(documentOf('welcome', { settings, steps }))
  assert.deepEqual((await current()).row.settings, { until: '22' })
})

test('what the environment provisions is locked', async () => {
  const { act, by, change, enable } = await world()
  const given = { origin: 'environment', recipe: 'x' } as const
  await act((tx, id) => createJourney(tx, id, documentOf('welcome'), by(), given))
  await assert.rejects(change(documentOf('welcome', { title: 'x' })), conflict)
  assert.equal((await enable()).row.status, 'active')
})

test('an archived journey gives its name back, once it is paused', async () => {
  const { act, by, create, enable, pause, heard, current } = await world()
  const { row } = await create()
  const archive = () => act((tx, id) => archiveJourney(tx, id, 'welcome', by()))
  await enable()
  await assert.rejects(archive(), conflict)
  await pause()
  await archive()
  assert.deepEqual(await heard(), [])
  assert.equal((await current(row.id)).row.status, 'archived')
  await assert.rejects(enable(row.id), /no such journey/)
  assert.notEqual((await create()).row.id, row.id)
})
