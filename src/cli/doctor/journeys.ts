/** Journeys: are runs late, do some need a person, is a recipe off because something is not set. */
import type { Config } from '../../config.ts'
import type { Db } from '../../db/db.ts'
import { listJourneysInNeed, listLateJourneys } from '../../journeys/health.store.ts'
import { loadRecipes, missingFor } from '../../journeys/recipes/recipe.ts'
import { type Finding, pass, warn } from './finding.ts'

const PATIENCE_MS = 120_000 // due runs are taken within a second, and calls of a dead process within 90
const MOST = 20 // journeys named

export async function checkJourneys(db: Db, config: Config): Promise<Finding[]> {
  const before = new Date(+db.clock.now() - PATIENCE_MS)
  const late = await listLateJourneys(db.engine, before, MOST)
  const needy = await listJourneysInNeed(db.engine, MOST)
  const found = [
    ...late.map(({ workspace, name, dueAt }) => {
      const detail = `${name} of ${workspace} has runs that have been due since ${dueAt.toISOString()}.`
      return warn('journeys', detail, 'Start `beckon serve` or `beckon work`; else see its log.')
    }),
    ...needy.map(({ workspace, name, runs, retriable, reason }) => {
      const count = runs === 1 ? '1 run needs' : `${runs} runs need`
      const detail = `${name} of ${workspace}: ${count} a person${reason ? `. ${reason}` : '.'}`
      const look = `GET /journeys/${name}/runs?attention=true shows them.`
      const retry = ` Once the reason is mended, \`beckon journey retry ${name}\`.`
      return warn('journeys', detail, retriable ? look + retry : look)
    }),
  ]
  const recipes = recipeFindings(config)
  return [...(found.length > 0 ? found : [pass('journeys', 'No run is late.')]), ...recipes]
}

/** One of which nothing is set is not wanted; one of which a part is set was meant to run. */
function recipeFindings(config: Config): Finding[] {
  return loadRecipes().flatMap((recipe) => {
    const missing = missingFor(recipe, config)
    const check = `recipe ${recipe.id}`
    if (missing.length === recipe.needs.length) return []
    if (missing.length === 0) return [pass(check, 'Its variables are set.')]
    return [warn(check, `It is off. Not set: ${missing.join(', ')}.`, 'Set them and start again.')]
  })
}
