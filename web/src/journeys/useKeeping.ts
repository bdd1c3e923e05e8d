/** A journey's draft and the server: kept as it is written, told when somebody else keeps another. */
import { post, put, remove } from '../lib/api.ts'
import type { Place } from '../lib/keeper.ts'
import { refresh } from '../lib/query.ts'
import { sameJson } from '../lib/sameJson.ts'
import { type Kept, mayOutlive, useKeeper } from '../lib/useKeeper.ts'
import type { Draft } from './draft.ts'
import type { Document } from './words.ts'

const PATHS = ['/journeys/{id}', '/journeys/{id}/draft', '/journey-drafts']

const onServer: Place<Document> = {
  save(id, { document, basedOn }, seen) {
    const body = { document, based_on: basedOn }
    const keepalive = mayOutlive(body)
    return id === undefined
      ? post('/journey-drafts', { body: { document }, keepalive })
      : put('/journeys/{id}/draft', { params: { id }, seen, body, keepalive })
  },
  drop: (id, seen) => remove('/journeys/{id}/draft', { params: { id }, seen, keepalive: true }),
}

interface Begins {
  readonly id: string | undefined
  readonly revision: number
  /** There is no journey beside it that would stay. */
  readonly isNew: boolean
  /** Told each time, with the id that it has. */
  onKept?(id: string): void
}

export type KeepingDraft = Kept<Document>

export function useKeeping(draft: Draft, { isNew, onKept, ...begins }: Begins): KeepingDraft {
  const { document, base } = draft
  return useKeeper({
    ...begins,
    ...{ content: { document, basedOn: base.version }, drop: onServer.drop },
    isIdle: (written) =>
      !isNew && written.basedOn === base.version && sameJson(written.document, base.document),
    async save(...given) {
      const kept = await onServer.save(...given)
      onKept?.(kept.id)
      return kept
    },
    onLeave: (rest) => void rest.then(() => refresh(...PATHS)),
  })
}
