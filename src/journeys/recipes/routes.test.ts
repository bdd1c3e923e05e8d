import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INSTANCE_KEY, startTestApp } from '../../../test/helpers/app.ts'
import { testDatabase } from '../../../test/helpers/database.ts'

const app = await startTestApp(await testDatabase(), {
  CLOSEIO_API_KEY: 'api_x',
  MONDAY_API_KEY: 'x',
  ALERT_EDIT_MINUTES: '10',
})
const operator = { authorization: `Bearer ${INSTANCE_KEY}` }

test('GET /recipes tells which are on, what the others need, and what is set', async () => {
  const { status, json } = await app.call('GET', '/recipes', undefined, operator)
  assert.equal(status, 200)
  const [close, monday] = json.data
  assert.deepEqual([close.id, close.status, close.missing], ['close-open-alert', 'on', []])
  const minutes = close.journeys[0].settings.find(
    ({ name }: { name: string }) => name === 'edit_minutes',
  )
  assert.deepEqual([minutes.value, minutes.default, minutes.env], [10, 30, 'ALERT_EDIT_MINUTES'])
  const told = new Map(close.variables.map((each: { variable: string }) => [each.variable, each]))
  assert.deepEqual(close.variables[0], {
    ...{ variable: 'CLOSEIO_API_KEY', needed: true, set: true, default: null, value: null },
    title: close.variables[0].title,
  })
  assert.partialDeepStrictEqual(told.get('ALERT_EDIT_MINUTES'), {
    ...{ needed: false, set: true, default: 30, value: 10 },
  })
  assert.partialDeepStrictEqual(told.get('DISCORD_WEBHOOK_URL'), { set: false, value: null })
  assert.equal(monday.status, 'off')
  assert.deepEqual(monday.missing, [
    ...['MONDAY_BOARD_ID', 'META_API_TOKEN', 'META_PHONE_ID', 'ADMIN_SECRET'],
  ])
  assert.doesNotMatch(JSON.stringify(json), /api_x/)
})

test('another workspace sees the recipes, and nothing of the operator’s keys', async () => {
  await app.call('POST', '/workspaces', { slug: 'other', name: 'Other' }, operator)
  const { json } = await app.call('GET', '/recipes', undefined, await app.keyFor('other'))
  assert.equal(json.data[0].status, 'off')
  assert.deepEqual(json.data[0].needs, [{ variable: 'CLOSEIO_API_KEY', set: false }])
  for (const { set, value, default: otherwise } of json.data[0].variables)
    assert.deepEqual([set, value], [false, otherwise])
})

test('what a recipe made is locked, can be paused, and can be copied under another name', async () => {
  const path = '/journeys/close-open-alert'
  const { json } = await app.call('GET', path, undefined, operator)
  assert.deepEqual([json.origin, json.status, json.live], ['environment', 'active', 0])
  const change = { ...json.document, title: 'Mine' }
  assert.equal((await app.call('PUT', path, change, operator)).status, 409)
  const copy = { ...change, name: 'my-alert' }
  assert.equal((await app.call('POST', '/journeys', copy, operator)).status, 201)
  const paused = await app.call('POST', `${path}/pause`, undefined, operator)
  assert.deepEqual([paused.status, paused.json.status_reason], [200, 'By hand'])
})
