/** A journey's draft and the server: kept as it is written, told when somebody else keeps another. */
import { useEffect, useRef, useState } from 'react'
import { post, put, remove } from '../lib/api.ts'
import { type Content, createKeeper, type Keeper, type Keeping, type Place } from '../lib/keeper.ts'
import { refresh } from '../lib/query.ts'
import { sameJson } from '../lib/sameJson.ts'
import type { Draft } from './draft.ts'
import type { Document } from './words.ts'

const MAX_KEEPALIVE = 60_000 // characters; browsers let pages that are left send 64 KiB

const isSmall = (document: Document) => JSON.stringify(document).length < MAX_KEEPALIVE

const onServer: Place<Document> = {
  save: (id, { document, basedOn }, seen) =>
    id === undefined
      ? post('/journey-drafts', { body: { document }, keepalive: isSmall(document) })
      : put('/journeys/{id}/draft', {
          ...{ params: { id }, seen, body: { document, based_on: basedOn } },
          keepalive: isSmall(document),
        }),
  drop: (id, seen) => remove('/journeys/{id}/draft', { params: { id }, seen }),
}

interface Begins {
  readonly id: string | undefined
  readonly revision: number
  /** There is no journey beside it that would stay. */
  readonly isNew: boolean
  /** Told each time, with the id that it has. */
  onKept?(id: string): void
}

export type KeepingDraft = Keeping & Pick<Keeper<Document>, 'flush' | 'saw' | 'drop'>

export function useKeeping(draft: Draft, { isNew, onKept, ...begins }: Begins): KeepingDraft {
  const [keeping, show] = useState<Keeping>({ state: 'kept' })
  const content: Content<Document> = { document: draft.document, basedOn: draft.base.version }
  const base = useRef(draft.base)
  base.current = draft.base
  const heard = useRef(onKept)
  heard.current = onKept
  const keeper = useRef<Keeper<Document>>(undefined)
  keeper.current ??= createKeeper(
    {
      ...begins,
      ...{ content, show },
      isIdle: ({ document, basedOn }) =>
        !isNew && basedOn === base.current.version && sameJson(document, base.current.document),
    },
    {
      ...onServer,
      async save(id, content, seen) {
        const kept = await onServer.save(id, content, seen)
        heard.current?.(kept.id)
        return kept
      },
    },
  )
  const { current } = keeper
  const text = JSON.stringify(content)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says whether it is another
  useEffect(() => current.want(content), [current, text])
  useEffect(() => {
    const leave = () => void current.flush().catch(() => {})
    const told = () => void refresh('/journeys/{id}', '/journeys/{id}/draft', '/journey-drafts')
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      void current.flush().then(told, told)
    }
  }, [current])
  const { flush, saw, drop } = current
  return { ...keeping, flush, saw, drop }
}
