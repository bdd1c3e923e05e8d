import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { envExample } from '../../config.ts'
import type { ConnectorFacts } from '../validate/references.ts'
import { faultsOf } from '../validate/validate.ts'
import { loadRecipes } from './recipe.ts'

const params = z.looseObject({})
const monday: ConnectorFacts = {
  id: 'monday',
  actions: { set_status: { params }, read_status: { params }, add_update: { params } },
}
const around = {
  template: async () => undefined,
  sender: async () => undefined,
  connectors: [monday],
}

const recipes = loadRecipes()

test('the recipes of both documents are there', () => {
  assert.deepEqual(
    recipes.map(({ id }) => id),
    ['close-open-alert', 'monday-whatsapp'],
  )
})

for (const recipe of recipes) {
  test(`the recipe ${recipe.id} makes sense`, async () => {
    for (const journey of recipe.journeys) assert.deepEqual(await faultsOf(journey, around), [])
  })

  test(`the recipe ${recipe.id} asks the environment only for what config.ts knows`, () => {
    const settings = recipe.journeys.flatMap((journey) => Object.values(journey.settings ?? {}))
    const named = [...recipe.needs, ...settings.flatMap(({ env }) => env ?? [])]
    const known = new Set([...envExample().matchAll(/^# (\w+)=/gm)].map(([, name]) => name))
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    )
  })
}
