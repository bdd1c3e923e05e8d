import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { addWorkspace } from '../../../test/helpers/workspace.ts'
import { inWorkspace } from '../../db/db.ts'
import { system } from '../../workspaces/audit/audit.ts'
import { createJourney } from '../create.ts'
import { pauseJourney } from '../enable.ts'
import { getCurrentJourney } from '../find.ts'
import { listByRecipe } from '../store.ts'
import { provisionRecipes } from './provision.ts'
import { type Environment, loadRecipes, Recipe } from './recipe.ts'

const database = await testDatabase()
const { db, clock } = database
const recipes = loadRecipes()

const close = {
  CLOSEIO_API_KEY: 'api_x',
  DISCORD_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/a',
}
const monday = {
  ...{ MONDAY_API_KEY: 'x', MONDAY_BOARD_ID: '1', META_API_TOKEN: 'x', META_PHONE_ID: '2' },
  ...{ ADMIN_SECRET: 's', WHATSAPP_WELCOME_TEMPLATE: 'hi', WHATSAPP_FOLLOWUP_TEMPLATE: 'again' },
}

let worlds = 0
async function world() {
  const workspaceId = await addWorkspace(database, `recipes-${++worlds}`)
  const start = (environment: Environment, of: readonly Recipe[] = recipes) =>
    inWorkspace(db, workspaceId, (tx) =>
      provisionRecipes(tx, workspaceId, { recipes: of, environment }, clock.now()),
    )
  const rows = () => inWorkspace(db, workspaceId, (tx) => listByRecipe(tx, workspaceId))
  const states = async () =>
    (await rows()).map(({ name, status, statusReason }) => [name, status, statusReason])
  const interests = () =>
    db.engine<{ name: string }[]>`
      select name from event_interests where workspace_id = ${workspaceId} order by name
    `.then((found) => found.map(({ name }) => name))
  return { workspaceId, start, rows, states, interests }
}

test('the documents’ variables alone switch the recipes on', async () => {
  const { start, states, interests } = await world()
  assert.deepEqual(await start({}), { warnings: [], on: [] })
  assert.deepEqual(await states(), [])
  assert.deepEqual(await start({ ...close, ...monday }), {
    warnings: [],
    on: ['close-open-alert', 'monday-whatsapp'],
  })
  assert.deepEqual(await states(), [
    ['close-open-alert', 'active', null],
    ['monday-whatsapp', 'active', null],
    ['monday-whatsapp-reply', 'active', null],
  ])
  const heard = await interests()
  for (const name of ['email.opened', 'item.created', 'item.status_changed', 'message.received'])
    assert.ok(heard.includes(name), name)
})

test('an incomplete set leaves a recipe off and names what is missing', async () => {
  const { start, states } = await world()
  const { MONDAY_BOARD_ID: _, ADMIN_SECRET: _secret, ...rest } = monday
  const { warnings, on } = await start({ ...rest, ADMIN_SECRET: '' })
  assert.deepEqual(on, [])
  assert.deepEqual(warnings, [
    'The recipe monday-whatsapp is off. Not set: MONDAY_BOARD_ID, ADMIN_SECRET.',
  ])
  assert.deepEqual(await states(), [])
})

test('what will not work well is said at the start', async () => {
  const { start } = await world()
  const { WHATSAPP_FOLLOWUP_TEMPLATE: _, ...rest } = monday
  const { warnings } = await start({ CLOSEIO_API_KEY: 'api_x', ...rest })
  assert.equal(warnings.length, 2)
  assert.match(warnings[0] ?? '', /^DISCORD_WEBHOOK_URL is not set/)
  assert.match(warnings[1] ?? '', /^WHATSAPP_FOLLOWUP_TEMPLATE is not set/)
})

test('the same start again changes nothing, also in two processes at once', async () => {
  const { start, rows } = await world()
  await Promise.all([start({ ...close, ...monday }), start({ ...close, ...monday })])
  const first = await rows()
  clock.forward({ minutes: 1 })
  await start({ ...close, ...monday })
  assert.deepEqual(await rows(), first)
  assert.equal(first.length, 3)
})

test('settings are read at each start, and bad ones stop it', async () => {
  const { start, rows } = await world()
  await start({ ...monday, FOLLOWUP_DELAY_HOURS: 0.5, SEND_WINDOW_START_HOUR: '9' })
  const [journey] = await rows()
  assert.deepEqual(journey?.settings, {
    ...{ followup_delay_hours: 0.5, window_start: '9' },
    ...{ welcome_template: 'hi', followup_template: 'again' },
  })
  await start({ ...monday, FOLLOWUP_DELAY_HOURS: 2 })
  assert.equal((await rows())[0]?.settings['followup_delay_hours'], 2)
  const bad = { ...monday, SEND_WINDOW_START_HOUR: '21', SEND_WINDOW_END_HOUR: '21' }
  await assert.rejects(start(bad), /closes when it opens/)
  await assert.rejects(start({ ...monday, SEND_WINDOW_TIMEZONE: 'Mars' }), /SEND_WINDOW_TIMEZONE/)
})

test('missing variables switch a recipe off, and back on when they are there again', async () => {
  const { start, states } = await world()
  await start(close)
  await start({})
  assert.deepEqual(await states(), [
    ['close-open-alert', 'paused', 'Not set in the environment: CLOSEIO_API_KEY'],
  ])
  await start(close)
  assert.deepEqual(await states(), [['close-open-alert', 'active', null]])
})

test('what a person paused stays paused', async () => {
  const { workspaceId, start, states } = await world()
  await start(close)
  await inWorkspace(db, workspaceId, (tx) =>
    pauseJourney(...([tx, workspaceId, { ref: 'close-open-alert', reason: 'holiday' }] as const), {
      actor: system,
      now: clock.now(),
    }),
  )
  await start(close)
  await start({})
  await start(close)
  assert.deepEqual(await states(), [['close-open-alert', 'paused', 'By hand: holiday']])
})

test('a recipe that has changed gets a new version', async () => {
  const { workspaceId, start } = await world()
  await start(close)
  const [recipe] = recipes
  assert.ok(recipe)
  const journeys = recipe.journeys.map((journey) => ({ ...journey, title: 'Another title' }))
  await start(close, [{ ...recipe, journeys }])
  const { row, version } = await inWorkspace(db, workspaceId, (tx) =>
    getCurrentJourney(tx, workspaceId, 'close-open-alert'),
  )
  assert.deepEqual([row.version, row.title, row.status], [2, 'Another title', 'active'])
  assert.equal(version.definition.title, 'Another title')
})

test('a member’s journey of that name keeps it', async () => {
  const { workspaceId, start, states } = await world()
  const [document] = recipes[0]?.journeys ?? []
  assert.ok(document)
  await inWorkspace(db, workspaceId, (tx) =>
    createJourney(tx, workspaceId, document, { actor: system, now: clock.now() }),
  )
  const { warnings } = await start(close)
  assert.match(warnings[0] ?? '', /a journey is called close-open-alert already/)
  assert.deepEqual(await states(), [])
})

test('a recipe without needs is none', () => {
  assert.equal(Recipe.safeParse({ ...recipes[0], needs: [] }).success, false)
})
