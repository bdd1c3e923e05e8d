import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testJourneys } from '../../../test/helpers/journeys.ts'
import { inWorkspace } from '../../db/db.ts'
import { system } from '../../workspaces/audit/audit.ts'
import { enableJourney, pauseJourney } from '../enable.ts'

const database = await testDatabase()
const { clock, db } = database
const world = await testJourneys(database)
const { engine, workspaceId } = world
const authorship = () => ({ actor: system, now: clock.now() })

const report = (more: object = {}, steps: object[] = []) => ({
  name: crypto.randomUUID(),
  trigger: { schedule: { every_minutes: 60 } },
  ...more,
  steps: [...steps, { id: 'out', type: 'exit', reason: '{{ event.at }}' }],
})
const reasons = async (id: string) => (await world.runs(id)).map((run) => run.exitReason)

test('two processes begin one run when its time has come, and none before', async () => {
  const id = await world.add(report())
  const other = await world.another()
  await engine.runOnce()
  assert.deepEqual(await reasons(id), [])
  clock.forward({ minutes: 60 })
  await Promise.all([engine.runOnce(), other.runOnce(), engine.runOnce()])
  assert.equal((await reasons(id)).length, 1)
  assert.match((await reasons(id))[0] ?? '', /:00:00\.000Z$/)
  clock.forward({ hours: 5 })
  await Promise.all([engine.runOnce(), other.runOnce()])
  assert.equal((await reasons(id)).length, 2, 'what was missed is made up for once')
})

test('while a run is under way the next is left out, unless the journey lets it in', async () => {
  const wait = [{ id: 'long', type: 'wait', hours: 30 }]
  const one = await world.add(report({}, wait))
  const all = await world.add(report({ re_entry: { policy: 'always' } }, wait))
  await engine.runOnce()
  for (let hour = 0; hour < 3; hour++) {
    clock.forward({ minutes: 60 })
    await engine.runOnce()
  }
  assert.equal((await world.runs(one)).length, 1)
  assert.equal((await world.runs(all)).length, 3)
})

test('a paused schedule begins nothing, also not later; a new version goes by its own clock', async () => {
  const document = report()
  const id = await world.add(document)
  await engine.runOnce()
  await inWorkspace(db, workspaceId, (tx) =>
    pauseJourney(tx, workspaceId, { ref: id }, authorship()),
  )
  clock.forward({ hours: 3 })
  await engine.runOnce()
  await inWorkspace(db, workspaceId, (tx) => enableJourney(tx, workspaceId, id, authorship()))
  await engine.runOnce()
  assert.deepEqual(await reasons(id), [])
  await world.change(id, { ...document, trigger: { schedule: { every_minutes: 525_600 } } })
  clock.forward({ hours: 3 })
  await engine.runOnce()
  assert.deepEqual(await reasons(id), [])
})

test('what cannot be worked out is told to people once, and tried at its next time', async () => {
  const tooLong = '{% for i in (1..20000) %}x{% endfor %}'
  const every = { schedule: { every_minutes: 60 } }
  const where = { field: 'event.name', is: 'equals', value: tooLong }
  const ids = [
    await world.add(report({ trigger: { ...every, where } })),
    await world.add(report({ trigger: { ...every, key: tooLong }, re_entry: { policy: 'once' } })),
  ]
  const next = async (id: string) => {
    const [row] = await db.engine<{ nextAt: Date }[]>`select next_at from journeys where id = ${id}`
    return +(row?.nextAt ?? 0)
  }
  await engine.runOnce()
  for (let hour = 0; hour < 3; hour++) {
    clock.forward({ minutes: 60 })
    await engine.runOnce()
    for (const id of ids) assert.ok((await next(id)) > +clock.now())
  }
  for (const id of ids) {
    const [told, ...more] = await world.runs(id)
    assert.deepEqual(more, [])
    assert.deepEqual([told?.status, told?.attention], ['failed', true])
    assert.match(told?.detail ?? '', /^schedule: ./)
  }
  await world.change(ids[1] ?? '', { ...report(), re_entry: { policy: 'once' } })
  await engine.runOnce()
  clock.forward({ minutes: 60 })
  await engine.runOnce()
  assert.equal((await world.runs(ids[1] ?? ''))[1]?.status, 'exited')
})
