/**
 * A journey's document while somebody changes it: what can be taken back and done again, kept in this tab until
 * it is saved, so that a reload or a session that ended loses nothing.
 */
import { useEffect, useMemo, useReducer } from 'react'
import type { Document } from './words.ts'

/** What is saved, as far as this tab has heard of it. */
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
  /** Of the version that was begun with. */
  readonly version: number
  readonly isChanged: boolean
  /** Another version was saved since it was begun. */
  readonly isBehind: boolean
  readonly canUndo: boolean
  readonly canRedo: boolean
  change(next: Document): void
  undo(): void
  redo(): void
  /** Begins anew with what is saved. */
  take(saved: Saved): void
  /** Goes on with the draft, over what is saved now. */
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

const same = (a: Document, b: Document) => JSON.stringify(a) === JSON.stringify(b)
export const begun = (base: Saved): History => ({ past: [], now: base.document, future: [], base })
export const isChanged = ({ now, base }: History) => !same(now, base.document)

/** Whether there is nothing to ask about what was saved meanwhile: nothing would be lost by it. */
export const mayFollow = (history: History, saved: Saved, isOpen: boolean): boolean =>
  history.base.version !== saved.version &&
  (same(history.now, saved.document) || (!isOpen && !isChanged(history)))

/** `key` names what is changed. `isOpen`: somebody is at it, and is asked before anything changes under their hands. */
export function useDraft(key: string, { version, document }: Saved, isOpen: boolean): Draft {
  const place = `beckon.draft.${key}`
  const saved = useMemo(() => ({ version, document }), [version, document])
  const [history, act] = useReducer(after, undefined, () => resumed(kept(place), saved))
  if (mayFollow(history, saved, isOpen)) act({ take: saved })
  const changed = isChanged(history)
  const { now, base } = history
  useEffect(() => {
    const text = JSON.stringify({ version: base.version, document: now } satisfies Saved)
    if (changed) sessionStorage.setItem(place, text)
    else sessionStorage.removeItem(place)
  }, [place, now, base.version, changed])
  return useMemo(
    () => ({
      ...{ document: history.now, version: history.base.version, isChanged: changed },
      isBehind: history.base.version !== version,
      ...{ canUndo: history.past.length > 0, canRedo: history.future.length > 0 },
      change: (next) => act({ change: next }),
      undo: () => act('undo'),
      redo: () => act('redo'),
      take: (next) => act({ take: next }),
      keepOver: (next) => act({ keepOver: next }),
    }),
    [history, changed, version],
  )
}

/** What an older version said is not kept; that it was another is. */
export function resumed(draft: Saved | undefined, saved: Saved): History {
  if (!draft) return begun(saved)
  return { ...begun({ ...saved, version: draft.version }), now: draft.document }
}

function kept(place: string): Saved | undefined {
  const text = sessionStorage.getItem(place)
  if (!text) return undefined
  try {
    return JSON.parse(text) as Saved // this tab wrote it
  } catch {
    return undefined
  }
}
