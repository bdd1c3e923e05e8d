/** GET /recipes: the ready-made journeys, and what each still needs. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { RecipeView } from '../api.schema.ts'
import { type JourneyRow, listByRecipe } from '../store.ts'
import { settingViews } from '../view.ts'
import { recipeJourneyId } from './provision.ts'
import { type Environment, isSet, missingFor, type Recipe } from './recipe.ts'
import { variablesOf } from './variables.ts'

export interface RecipeRouteDeps {
  readonly recipes: readonly Recipe[]
  readonly environment: Environment
  /** The only workspace that the environment provisions. */
  readonly workspaceId: string
}

export const recipeRoutes =
  (deps: RecipeRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/recipes',
      {
        config: { scope: 'journeys:read' },
        schema: {
          ...{
            tags: ['Journeys'],
            summary: 'List the recipes: which are on, what the others need',
          },
          response: { 200: z.object({ data: z.array(RecipeView) }) },
        },
      },
      async (request) => {
        const rows = await request.read(listByRecipe)
        const { workspaceId } = request.auth
        // Another workspace's keys are none of its business.
        const environment = workspaceId === deps.workspaceId ? deps.environment : {}
        const known = new Map(rows.map((row) => [row.id, row]))
        return {
          data: deps.recipes.map((recipe) =>
            viewOf(recipe, environment, (name) =>
              known.get(recipeJourneyId(workspaceId, recipe, name)),
            ),
          ),
        }
      },
    )
  }

function viewOf(
  recipe: Recipe,
  environment: Environment,
  find: (name: string) => JourneyRow | undefined,
): RecipeView {
  const journeys = recipe.journeys.map((document) => {
    const row = find(document.name)
    return {
      id: row?.id ?? null,
      name: document.name,
      title: document.title ?? null,
      status: row?.status ?? null,
      settings: settingViews(document, row?.settings ?? {}),
    }
  })
  const active = journeys.filter(({ status }) => status === 'active').length
  const { id, title, description } = recipe
  return {
    ...{ id, title, description },
    status: active === journeys.length ? 'on' : active > 0 || isPaused(journeys) ? 'paused' : 'off',
    needs: recipe.needs.map((variable) => ({ variable, set: isSet(environment, variable) })),
    missing: missingFor(recipe, environment),
    variables: variablesOf(recipe, environment),
    journeys,
  }
}

const isPaused = (journeys: readonly { status: string | null }[]) =>
  journeys.some(({ status }) => status === 'paused')
