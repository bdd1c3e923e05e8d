/** A journey's document while somebody changes it: what can be taken back and done again. Kept by keeper.ts. */
import { useMemo, useReducer } from 'react'
import { sameJson } from '../lib/sameJson.ts'
import type { Document } from './words.ts'

/** A version that is published, or what a new journey is begun with. */
export interface Saved {
  readonly version: number
  readonly document: Document
}
export interface History {
  readonly past: readonly Document[]
  readonly now: Document
  readonly future: readonly Document[]
  /** What it was begun with. */
  readonly base: Saved
}
type Deed = { change: Document } | { take: Saved } | { keepOver: Saved } | 'undo' | 'redo'

const MAX_STEPS_BACK = 100

export interface Draft {
  readonly document: Document
  /** What it was begun with. */
  readonly base: Saved
  readonly isChanged: boolean
  readonly canUndo: boolean
  readonly canRedo: boolean
  change(next: Document): void
  undo(): void
  redo(): void
  /** Begins anew with what is published. */
  take(saved: Saved): void
  /** Goes on with the draft, over what is published now. */
  keepOver(saved: Saved): void
}

export function after(history: History, deed: Deed): History {
  const { past, now, future, base } = history
  if (deed === 'undo') {
    const before = past.at(-1)
    return before
      ? { past: past.slice(0, -1), now: before, future: [now, ...future], base }
      : history
  }
  if (deed === 'redo') {
    const [next, ...rest] = future
    return next ? { past: [...past, now], now: next, future: rest, base } : history
  }
  if ('take' in deed) return begun(deed.take)
  if ('keepOver' in deed) return { ...history, base: deed.keepOver }
  return { past: [...past, now].slice(-MAX_STEPS_BACK), now: deed.change, future: [], base }
}

export const begun = (base: Saved): History => ({ past: [], now: base.document, future: [], base })
export const isChanged = ({ now, base }: History) => !sameJson(now, base.document)

/** What was kept of an older version goes on as it is; that it was another is known. */
export function resumed(kept: Saved | undefined, saved: Saved): History {
  if (!kept) return begun(saved)
  return { ...begun({ ...saved, version: kept.version }), now: kept.document }
}

/** `kept`: what is on the server of it, with the version that it was begun with. */
export function useDraft(saved: Saved, kept: Saved | undefined): Draft {
  const [history, act] = useReducer(after, undefined, () => resumed(kept, saved))
  return useMemo(
    () => ({
      ...{ document: history.now, base: history.base, isChanged: isChanged(history) },
      ...{ canUndo: history.past.length > 0, canRedo: history.future.length > 0 },
      change: (next) => act({ change: next }),
      undo: () => act('undo'),
      redo: () => act('redo'),
      take: (next) => act({ take: next }),
      keepOver: (next) => act({ keepOver: next }),
    }),
    [history],
  )
}
