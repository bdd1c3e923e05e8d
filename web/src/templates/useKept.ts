/** The draft of a template and the server: kept as it is written, told when somebody else kept another. */
import { put, remove } from '../lib/api.ts'
import { refresh } from '../lib/query.ts'
import { type Kept as Keeping, mayOutlive, useKeeper } from '../lib/useKeeper.ts'
import { type Drafts, isEmpty, type Kept } from './drafts.ts'

const PATHS = ['/templates', '/templates/{id}', '/templates/{id}/draft']

/** What is still on its way from an editor that is gone: who reads the draft waits for it. */
export const left = new Map<string, Promise<void>>()

export type KeptDraft = Keeping<Drafts>

export function useKept(
  id: string,
  kept: Kept | undefined,
  drafts: Drafts,
  base: number,
): KeptDraft {
  return useKeeper({
    ...{ id, revision: kept?.revision ?? 0, content: { document: drafts, basedOn: base } },
    isIdle: ({ document }) => isEmpty(document),
    async save(_, { document, basedOn }, seen) {
      const body = { locales: document, based_on: basedOn }
      const { revision } = await put('/templates/{id}/draft', {
        ...{ params: { id }, seen, body, keepalive: mayOutlive(body) },
      })
      return { id, revision }
    },
    drop: (_, seen) => remove('/templates/{id}/draft', { params: { id }, seen, keepalive: true }),
    onLeave: (rest) => {
      const told = () => void refresh(...PATHS)
      left.set(id, rest.then(told))
    },
  })
}
