/** The draft of a template and the server: kept as it is written, told when somebody else kept another. */
import { useEffect, useRef, useState } from 'react'
import { put, remove } from '../lib/api.ts'
import { createKeeper, type Keeper, type Keeping, type Place } from '../lib/keeper.ts'
import { refresh } from '../lib/query.ts'
import { type Drafts, isEmpty, type Kept } from './drafts.ts'

const MAX_KEEPALIVE = 60_000 // bytes; browsers let pages that are left send 64 KiB
const PATHS = ['/templates', '/templates/{id}', '/templates/{id}/draft']

const placeOf = (id: string): Place<Drafts> => ({
  async save(_, { document, basedOn }, seen) {
    const body = { locales: document, based_on: basedOn }
    const keepalive = new Blob([JSON.stringify(body)]).size < MAX_KEEPALIVE
    const { revision } = await put('/templates/{id}/draft', {
      ...{ params: { id }, seen, body, keepalive },
    })
    return { id, revision }
  },
  drop: (_, seen) => remove('/templates/{id}/draft', { params: { id }, seen }),
})

/** What is still on its way from an editor that is gone: who reads the draft waits for it. */
export const left = new Map<string, Promise<void>>()

export type KeptDraft = Keeping & Pick<Keeper<Drafts>, 'flush' | 'saw' | 'drop'>

export function useKept(id: string, kept: Kept | undefined, drafts: Drafts, base: number) {
  const [keeping, show] = useState<Keeping>({ state: 'kept' })
  const content = { document: drafts, basedOn: base }
  const keeper = useRef<Keeper<Drafts>>(undefined)
  keeper.current ??= createKeeper(
    {
      ...{ id, revision: kept?.revision ?? 0, content, show },
      isIdle: ({ document }) => isEmpty(document),
    },
    placeOf(id),
  )
  const { current } = keeper
  const text = JSON.stringify(content)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says whether it is another
  useEffect(() => current.want(content), [current, text])
  useEffect(() => {
    const leave = () => void current.flush().catch(() => {})
    const told = () => void refresh(...PATHS)
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      left.set(id, current.flush().then(told, told))
    }
  }, [current, id])
  const { flush, saw, drop } = current
  return { ...keeping, flush, saw, drop }
}
