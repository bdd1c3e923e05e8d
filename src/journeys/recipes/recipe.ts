/**
 * Recipes: ready-made journeys in recipes/, each a JSON file. One is switched on by the variables
 * that it needs; its settings are read from the environment at each start.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { JourneyDocument, SettingValue } from '../schema.ts'

const folder = join(import.meta.dirname, '../../../recipes')
const Variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'not the name of a variable')

export const Recipe = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string(),
  description: z.string(),
  needs: z.array(Variable).min(1),
  /** What it reads beside the settings of its journeys. One without a default may be a secret: its value is not shown. */
  variables: z.array(
    z.strictObject({ name: Variable, title: z.string(), default: SettingValue.optional() }),
  ),
  /** Sentences for the log of a start with the recipe on and these variables unset. */
  warnings: z.array(z.strictObject({ without: z.array(Variable), say: z.string() })).optional(),
  journeys: z.array(JourneyDocument).min(1),
})
export type Recipe = z.infer<typeof Recipe>

/** Throws one Error that names the file and what is wrong in it. */
export function loadRecipes(): readonly Recipe[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
  return files.map((name) => {
    try {
      return Recipe.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
      throw new Error(`recipes/${name}: ${why}`, { cause: error })
    }
  })
}

/** What the environment says, by name; undefined for what is not set. */
export type Environment = Readonly<Record<string, unknown>>

export const isSet = (environment: Environment, name: string) =>
  Object.hasOwn(environment, name) && environment[name] !== undefined && environment[name] !== ''

export const missingFor = (recipe: Recipe, environment: Environment) =>
  recipe.needs.filter((name) => !isSet(environment, name))
