import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { envExample } from '../../config/variables.ts'
import type { ConnectorFacts } from '../validate/references.ts'
import { faultsOf } from '../validate/validate.ts'
import { loadRecipes } from './recipe.ts'
import { variablesOf, withTables } from './variables.ts'

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
const root = join(import.meta.dirname, '../../..')

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
    const named = variablesOf(recipe).map(({ variable }) => variable)
    const known = new Set([...envExample().matchAll(/^# (\w+)=/gm)].map(([, name]) => name))
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    )
    assert.deepEqual(
      recipe.needs.filter((name) => !named.includes(name)),
      [],
      'what it needs is told in words too',
    )
  })
}

test('the pages about recipes list their variables as the recipes do', () => {
  const page = readFileSync(join(root, 'docs/recipes.md'), 'utf8')
  assert.equal(withTables(page, recipes), page, 'run bin/beckon generate')
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const section = readme.split('\n## ').find((each) => each.startsWith('Two recipes')) ?? ''
  const named = [...section.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name)
  const known = recipes.flatMap((recipe) => variablesOf(recipe).map(({ variable }) => variable))
  assert.ok(named.length > 5)
  assert.deepEqual(
    named.filter((name) => !known.includes(name)),
    [],
  )
})
