/** What is written and not saved yet, by language; kept in this tab, so that a reload loses nothing. */
import { useEffect, useState } from 'react'
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

export function useDrafts(id: string) {
  const place = `beckon.template.${id}`
  const [drafts, setDrafts] = useState<Drafts>(() => kept(place))
  useEffect(() => {
    if (Object.keys(drafts).length > 0) sessionStorage.setItem(place, JSON.stringify(drafts))
    else sessionStorage.removeItem(place)
  }, [place, drafts])
  return [drafts, setDrafts] as const
}

function kept(place: string): Drafts {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? '{}') as Drafts // this tab wrote it
  } catch {
    return {}
  }
}

/** What changes; the server lays it over what is there. */
export function bodyOf(drafts: Drafts): Change {
  const { '': main = {}, ...locales } = drafts
  return { ...main, ...(Object.keys(locales).length > 0 ? { locales } : {}) }
}
