/** POST /journeys/:id/publish */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { ifMatch } from '../../http/ifMatch.ts'
import { actorOf } from '../../workspaces/audit/audit.ts'
import { JourneyParams, JourneyView } from '../api.schema.ts'
import type { JourneyRouteDeps } from '../routes.ts'
import { examine } from '../validate/problems.ts'
import { refuse } from '../validate/validate.ts'
import { journeyView } from '../view.ts'
import { findPlace, getPlace, noDraft } from './find.ts'
import { publishDraft } from './publish.ts'
import { assertDraftSeen } from './save.ts'

export const publishRoutes =
  ({ db, surroundings, onChanged }: JourneyRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/journeys/:id/publish',
      {
        config: { scope: 'journeys:write', guarded: true },
        schema: {
          ...{
            tags: ['Journeys'],
            summary: 'Make the draft the version that people enter from now on',
          },
          params: JourneyParams,
          response: { 200: JourneyView },
        },
      },
      async (request, reply) => {
        const { auth, params } = request
        const seen = ifMatch(request)
        const place = await request.read((tx, workspaceId) => findPlace(tx, workspaceId, params.id))
        const draft = place?.draft
        const examined = draft && (await examine(draft.definition, surroundings(auth.workspaceId)))
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        // What is refused is refused in here: a repetition gets the first answer, though the draft is gone.
        const answer = await reply.answer(200, async (tx, workspaceId) => {
          const now = await getPlace(tx, workspaceId, params.id)
          if (!now.draft || !draft || !examined) throw noDraft()
          assertDraftSeen(seen, now.draft)
          const { document, errors } = examined
          if (!document || errors.length > 0) throw refuse(errors)
          return journeyView(await publishDraft(tx, workspaceId, { draft, document }, authorship))
        })
        onChanged(auth.workspaceId)
        return answer
      },
    )
  }
