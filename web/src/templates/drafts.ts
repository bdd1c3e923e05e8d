/**
 * What is written and not saved yet, by language, with the version that it is laid over; kept in this tab, so
 * that a reload loses nothing.
 */
import { useEffect, useMemo, useReducer } from 'react'
import type { Body } from '../lib/api.ts'

type Change = NonNullable<Body<'/templates/{id}', 'put'>>

export interface Text {
  readonly subject?: string | null
  readonly html?: string | null
  readonly mjml?: string | null
  readonly text?: string | null
}

/** The main language is ''. */
export type Drafts = Readonly<Record<string, Text>>

export interface State {
  readonly drafts: Drafts
  /** The version that they were begun with. */
  readonly base: number
  /** The newest version that the editor shows. */
  readonly seen: number
  /** The code's editor keeps its own text, and begins anew with each. */
  readonly begun: number
}
type Deed =
  | { change: Drafts }
  | { saved: Drafts; version: number }
  | { follow: number }
  | 'drop'
  | 'keepOver'

const nothing: Drafts = {}
export const isEmpty = (drafts: Drafts) => Object.keys(drafts).length === 0

export function after(state: State, deed: Deed): State {
  const { drafts, base, seen, begun } = state
  if (deed === 'drop') return { drafts: nothing, base: seen, seen, begun: begun + 1 }
  if (deed === 'keepOver') return { ...state, base: seen }
  if ('change' in deed)
    return { ...state, drafts: deed.change, base: isEmpty(drafts) ? seen : base }
  // What was written while it was being saved stays, over what is saved now.
  if ('saved' in deed) {
    const { saved, version } = deed
    const own = version === seen + 1 // else there is a version between them, which is not shown yet
    return {
      ...{ drafts: drafts === saved ? nothing : drafts, base: version, seen: version },
      begun: own ? begun : begun + 1,
    }
  }
  const { follow } = deed
  return { drafts, base: isEmpty(drafts) ? follow : base, seen: follow, begun: begun + 1 }
}

export function useDrafts(id: string, version: number) {
  const place = `beckon.template.${id}`
  const [state, act] = useReducer(after, undefined, () => resumed(kept(place), version))
  if (version > state.seen) act({ follow: version })
  const { drafts, base } = state
  useEffect(() => {
    if (isEmpty(drafts)) sessionStorage.removeItem(place)
    else sessionStorage.setItem(place, JSON.stringify({ version: base, drafts }))
  }, [place, drafts, base])
  return useMemo(
    () => ({
      ...{ drafts: state.drafts, begun: state.begun, hasDraft: !isEmpty(state.drafts) },
      /** Another version was saved since they were begun. */
      isBehind: !isEmpty(state.drafts) && state.base < state.seen,
      change: (next: Drafts) => act({ change: next }),
      drop: () => act('drop'),
      keepOver: () => act('keepOver'),
      /** Also when the editor is gone by now: its draft does not come back. */
      saved(sent: Drafts, made: number) {
        if (JSON.stringify(kept(place)?.drafts) === JSON.stringify(sent))
          sessionStorage.removeItem(place)
        act({ saved: sent, version: made })
      },
    }),
    [state, place],
  )
}

interface Kept {
  readonly version: number
  readonly drafts: Drafts
}

export const resumed = (draft: Kept | undefined, version: number): State => ({
  ...{ drafts: draft?.drafts ?? nothing, base: draft?.version ?? version },
  ...{ seen: version, begun: 0 },
})

function kept(place: string): Kept | undefined {
  const text = sessionStorage.getItem(place)
  if (!text) return undefined
  try {
    return JSON.parse(text) as Kept // this tab wrote it
  } catch {
    return undefined
  }
}

/** What changes; the server lays it over what is there. */
export function bodyOf(drafts: Drafts): Change {
  const { '': main = {}, ...locales } = drafts
  return { ...main, ...(Object.keys(locales).length > 0 ? { locales } : {}) }
}
