/**
 * A journey's document while somebody changes it: what can be taken back and done again, kept in this tab until
 * it is saved, so that a reload or a session that ended loses nothing.
 */
import { useEffect, useReducer } from 'react'
import type { Document } from './words.ts'

interface History {
  readonly past: readonly Document[]
  readonly now: Document
  readonly future: readonly Document[]
}
type Deed = { change: Document } | { take: Document } | 'undo' | 'redo'

const MAX_STEPS_BACK = 100

export interface Draft {
  readonly document: Document
  readonly isChanged: boolean
  readonly canUndo: boolean
  readonly canRedo: boolean
  change(next: Document): void
  undo(): void
  redo(): void
  /** Begins anew with what is saved. */
  reset(document: Document): void
}

function after(history: History, deed: Deed): History {
  const { past, now, future } = history
  if (deed === 'undo') {
    const before = past.at(-1)
    return before ? { past: past.slice(0, -1), now: before, future: [now, ...future] } : history
  }
  if (deed === 'redo') {
    const [next, ...rest] = future
    return next ? { past: [...past, now], now: next, future: rest } : history
  }
  if ('take' in deed) return { past: [], now: deed.take, future: [] }
  return { past: [...past, now].slice(-MAX_STEPS_BACK), now: deed.change, future: [] }
}

/** `key` names what is changed: the journey with its version. */
export function useDraft(key: string, saved: Document): Draft {
  const place = `beckon.draft.${key}`
  const [history, act] = useReducer(after, undefined, () => ({
    ...{ past: [], future: [] },
    now: kept(place) ?? saved,
  }))
  const { past, now, future } = history
  const isChanged = JSON.stringify(now) !== JSON.stringify(saved)
  useEffect(() => {
    if (isChanged) sessionStorage.setItem(place, JSON.stringify(now))
    else sessionStorage.removeItem(place)
  }, [place, now, isChanged])
  return {
    document: now,
    isChanged,
    canUndo: past.length > 0,
    canRedo: future.length > 0,
    change: (next) => act({ change: next }),
    undo: () => act('undo'),
    redo: () => act('redo'),
    reset: (document) => {
      sessionStorage.removeItem(place)
      act({ take: document })
    },
  }
}

function kept(place: string): Document | undefined {
  const text = sessionStorage.getItem(place)
  if (!text) return undefined
  try {
    return JSON.parse(text) as Document // this tab wrote it
  } catch {
    return undefined
  }
}
