/**
 * Brings the recipes' journeys into the default workspace, at each start.
 *
 * Their ids follow from workspace and name, so every start finds the same rows. What a person paused
 * stays paused; what was off because variables were missing goes on when they are back.
 */
import { isDeepStrictEqual } from 'node:util'
import type { TransactionSql } from 'postgres'
import { derivedId } from '../../channels/environment.ts'
import { AppError } from '../../errors.ts'
import { system } from '../../workspaces/audit/audit.ts'
import { putDocument } from '../change.ts'
import { createJourney } from '../create.ts'
import { refreshInterests } from '../interests.ts'
import { pauseMessages } from '../pauseMessages.ts'
import type { JourneyDocument, SettingValue, SettingValues } from '../schema.ts'
import { settingFault } from '../settings.ts'
import { type JourneyRow, lockInterests, lockJourney, updateJourney } from '../store.ts'
import { checkWhatBecomesOf } from '../validate/settings.ts'
import { type Environment, isSet, missingFor, type Recipe } from './recipe.ts'

const OFF = 'Not set in the environment: '

export interface Provisioned {
  /** Sentences for the log. */
  readonly warnings: readonly string[]
  /** Ids of the recipes that are on. */
  readonly on: readonly string[]
}

/** Safe to repeat, and in several processes at once. Throws one Error that lists every bad value. */
export async function provisionRecipes(
  tx: TransactionSql,
  workspaceId: string,
  { recipes, environment }: { recipes: readonly Recipe[]; environment: Environment },
  now: Date,
): Promise<Provisioned> {
  const faults = recipes.flatMap((recipe) => badValues(recipe, environment))
  if (faults.length > 0) {
    throw new Error(
      `The environment has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
  }
  await lockInterests(tx, workspaceId)
  const warnings: string[] = []
  for (const recipe of recipes) {
    const missing = missingFor(recipe, environment)
    for (const document of recipe.journeys) {
      const place = { workspaceId, recipe, document, environment, missing }
      warnings.push(...(await provisionJourney(tx, place, now)))
    }
    warnings.push(...warningsOf(recipe, environment, missing))
  }
  await refreshInterests(tx, workspaceId)
  const on = recipes.filter((recipe) => missingFor(recipe, environment).length === 0)
  return { warnings, on: on.map(({ id }) => id) }
}

interface Place {
  readonly workspaceId: string
  readonly recipe: Recipe
  readonly document: JourneyDocument
  readonly environment: Environment
  readonly missing: readonly string[]
}

export const recipeJourneyId = (workspaceId: string, recipe: Recipe, name: string) =>
  derivedId(workspaceId, `recipe/${recipe.id}/${name}`)

async function provisionJourney(tx: TransactionSql, place: Place, now: Date): Promise<string[]> {
  const { workspaceId, recipe, document, missing } = place
  const id = recipeJourneyId(workspaceId, recipe, document.name)
  const row = await lockJourney(tx, workspaceId, id)
  if (missing.length > 0) {
    if (row?.status === 'active') await switchOff(tx, workspaceId, row, missing, now)
    return []
  }
  if (row) {
    await bringUpToDate(tx, place, row, now)
    return []
  }
  return make(tx, place, id, now)
}

async function make(tx: TransactionSql, place: Place, id: string, now: Date): Promise<string[]> {
  const { workspaceId, recipe, document, environment } = place
  const settings = valuesFrom(document, environment)
  const given = { id, origin: 'environment' as const, recipe: recipe.id, settings }
  try {
    await createJourney(tx, workspaceId, document, { actor: system, now }, given)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    return [
      `The recipe ${recipe.id} cannot be switched on: a journey is called ${document.name} already. Rename it and restart.`,
    ]
  }
  await updateJourney(tx, workspaceId, id, { status: 'active', statusReason: null }, now)
  return []
}

async function bringUpToDate(
  tx: TransactionSql,
  { workspaceId, document, environment }: Place,
  row: JourneyRow,
  now: Date,
): Promise<void> {
  const authorship = { actor: system, now }
  const current = await putDocument(tx, workspaceId, { row, document }, authorship)
  const settings = valuesFrom(document, environment)
  const changed = !isDeepStrictEqual(current.row.settings, settings)
  const wasOff = row.status === 'paused' && (row.statusReason?.startsWith(OFF) ?? false)
  if (!changed && !wasOff) return
  const patch = {
    ...(changed ? { settings } : {}),
    ...(wasOff ? { status: 'active' as const, statusReason: null } : {}),
  }
  await updateJourney(tx, workspaceId, row.id, patch, now)
  if (wasOff)
    await pauseMessages(tx, workspaceId, { id: row.id, from: row.status, to: 'active' }, now)
}

async function switchOff(
  tx: TransactionSql,
  workspaceId: string,
  row: JourneyRow,
  missing: readonly string[],
  now: Date,
): Promise<void> {
  const statusReason = OFF + missing.join(', ')
  await updateJourney(tx, workspaceId, row.id, { status: 'paused', statusReason }, now)
  await pauseMessages(tx, workspaceId, { id: row.id, from: row.status, to: 'paused' }, now)
}

/** The values of settings that have a variable, as the environment gives them. */
function valuesFrom(document: JourneyDocument, environment: Environment): SettingValues {
  return Object.fromEntries(
    Object.entries(document.settings ?? {}).flatMap(([name, { env }]) => {
      const value = env === undefined ? undefined : environment[env]
      return isValue(value) && value !== '' ? [[name, value]] : []
    }),
  )
}

const isValue = (value: unknown): value is SettingValue =>
  ['string', 'number', 'boolean'].includes(typeof value)

function badValues(recipe: Recipe, environment: Environment): string[] {
  if (missingFor(recipe, environment).length > 0) return []
  const faults = recipe.journeys.flatMap((document) => {
    const values = valuesFrom(document, environment)
    const bad = Object.entries(document.settings ?? {}).flatMap(([name, setting]) => {
      const value = values[name]
      const fault = value === undefined ? null : settingFault(setting, value)
      return fault === null ? [] : [`${setting.env}: ${fault}`]
    })
    if (bad.length > 0) return bad
    const outcome = checkWhatBecomesOf(document, values)
    return outcome.map(({ pointer, detail }) => `${document.name}${pointer}: ${detail}`)
  })
  return [...new Set(faults)]
}

function warningsOf(recipe: Recipe, environment: Environment, missing: readonly string[]) {
  if (missing.length === recipe.needs.length) return []
  if (missing.length > 0) return [`The recipe ${recipe.id} is off. Not set: ${missing.join(', ')}.`]
  const { warnings = [] } = recipe
  return warnings
    .filter(({ without }) => without.every((name) => !isSet(environment, name)))
    .map(({ say }) => say)
}
