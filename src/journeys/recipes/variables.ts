/** Every variable that a recipe reads: the list behind GET /recipes, the page of recipes and docs/recipes.md. Pure. */
import type { SettingValue } from '../schema.ts'
import { type Environment, isSet, type Recipe } from './recipe.ts'

export interface VariableView {
  readonly variable: string
  readonly title: string
  readonly needed: boolean
  readonly default: SettingValue | null
  /** null for what may be a secret. */
  readonly value: SettingValue | null
  readonly set: boolean
}

/** What it needs first. A setting of several journeys is listed once. */
export function variablesOf(recipe: Recipe, environment: Environment = {}): VariableView[] {
  const settings = recipe.journeys.flatMap(({ settings = {} }) => Object.values(settings))
  const told = [
    ...recipe.variables.map(({ name, ...rest }) => ({ variable: name, ...rest })),
    ...settings.flatMap(({ env, ...rest }) =>
      env === undefined ? [] : [{ variable: env, ...rest }],
    ),
  ]
  const byName = new Map(told.toReversed().map((each) => [each.variable, each]))
  const needed = new Set(recipe.needs)
  return told
    .filter((each) => byName.get(each.variable) === each)
    .map(({ variable, title, default: otherwise = null }) => ({
      ...{ variable, title, needed: needed.has(variable), default: otherwise },
      value: otherwise === null ? null : valueIn(environment[variable], otherwise),
      set: isSet(environment, variable),
    }))
    .sort((a, b) => Number(b.needed) - Number(a.needed))
}

const valueIn = (given: unknown, otherwise: SettingValue): SettingValue =>
  typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean'
    ? given
    : otherwise

const BEGIN = (id: string) => `<!-- variables of ${id}, by \`beckon generate\` -->`
const END = '<!-- end -->'

/** docs/recipes.md with the table of each recipe in its place. */
export function withTables(page: string, recipes: readonly Recipe[]): string {
  return recipes.reduce((text, recipe) => {
    const [before, after] = text.split(BEGIN(recipe.id), 2)
    const rest = after?.slice(after.indexOf(END))
    if (rest === undefined) throw new Error(`docs/recipes.md has no place for ${recipe.id}.`)
    return `${before}${BEGIN(recipe.id)}\n\n${tableOf(recipe)}\n\n${rest}`
  }, page)
}

function tableOf(recipe: Recipe): string {
  const rows = variablesOf(recipe).map(({ variable, title, needed, default: otherwise }) => {
    const standard = otherwise === null || otherwise === '' ? '–' : `\`${otherwise}\``
    return `| \`${variable}\` | ${needed ? '**needed**' : standard} | ${title} |`
  })
  return ['| variable | default | |', '|---|---|---|', ...rows].join('\n')
}
