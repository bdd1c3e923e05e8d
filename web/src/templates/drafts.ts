/**
 * What is written of a template and not published, by language, laid over the version that it was begun
 * with. useKept.ts keeps it on the server.
 */
import { useMemo, useReducer } from 'react'
import type { Answer } from '../lib/api.ts'

export type Template = Answer<'/templates/{id}'>
export type Kept = Answer<'/templates/{id}/draft'>

export interface Text {
  readonly subject?: string | null
  readonly html?: string | null
  readonly mjml?: string | null
  readonly text?: string | null
}

/** Only what differs. null: the language is removed. */
export type Drafts = Readonly<Record<string, Text | null>>

export interface State {
  readonly drafts: Drafts
  /** The version that they were begun with. */
  readonly base: number
  /** The newest version that the editor shows. */
  readonly seen: number
  /** The editors of a text keep their own, and begin anew with each. */
  readonly begun: number
}
type Deed =
  | { change: Drafts }
  | { published: Drafts; version: number }
  | { take: Drafts; base: number }
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
  if ('take' in deed) return { drafts: deed.take, base: deed.base, seen, begun: begun + 1 }
  // What was written while it was being published stays, over what is published now.
  if ('published' in deed) {
    const { published, version } = deed
    const own = version === seen + 1 // else there is a version between them, which is not shown yet
    return {
      ...{ drafts: drafts === published ? nothing : drafts, base: version, seen: version },
      begun: own ? begun : begun + 1,
    }
  }
  const { follow } = deed
  return { drafts, base: isEmpty(drafts) ? follow : base, seen: follow, begun: begun + 1 }
}

export const resumed = (kept: Kept | undefined, version: number): State => ({
  ...{ drafts: kept?.locales ?? nothing, base: kept?.based_on ?? version },
  ...{ seen: version, begun: 0 },
})

export function useDrafts(kept: Kept | undefined, version: number) {
  const [state, act] = useReducer(after, undefined, () => resumed(kept, version))
  if (version > state.seen) act({ follow: version })
  return useMemo(
    () => ({
      ...{ drafts: state.drafts, base: state.base, begun: state.begun },
      hasDraft: !isEmpty(state.drafts),
      /** Another version came into use since they were begun. */
      isBehind: !isEmpty(state.drafts) && state.base < state.seen,
      change: (next: Drafts) => act({ change: next }),
      drop: () => act('drop'),
      keepOver: () => act('keepOver'),
      take: (theirs: Kept | undefined) =>
        act(theirs ? { take: theirs.locales, base: theirs.based_on } : 'drop'),
      published: (drafts: Drafts, made: number) => act({ published: drafts, version: made }),
    }),
    [state],
  )
}

/** What the version in use says in a language. */
export function contentOf(template: Template, locale: string): Text {
  if (locale !== template.locale) return template.locales[locale] ?? {}
  const { subject, html, mjml, text } = template
  return { subject, html, mjml, text }
}

const fields = ['subject', 'html', 'mjml', 'text'] as const

/** With a language's change; what says the same as the version in use is no draft. */
export function changed(drafts: Drafts, template: Template, locale: string, change: Text): Drafts {
  const inUse = contentOf(template, locale)
  const all = { ...drafts[locale], ...change }
  const own = fields.filter((field) => all[field] !== undefined)
  const differing = own.filter((field) => (all[field] ?? null) !== (inUse[field] ?? null))
  const { [locale]: _, ...others } = drafts
  if (differing.length === 0) return others
  return { ...others, [locale]: Object.fromEntries(differing.map((each) => [each, all[each]])) }
}

export interface Differing {
  readonly locale: string
  readonly field: (typeof fields)[number]
  readonly mine: string
  readonly theirs: string
}

/** Where what is written here says something else than theirs, as both lie over the version in use. */
export function differing(template: Template, mine: Drafts, theirs: Drafts): Differing[] {
  const locales = new Set([...Object.keys(mine), ...Object.keys(theirs)])
  const says = (drafts: Drafts, locale: string): Text =>
    drafts[locale] === null ? {} : { ...contentOf(template, locale), ...drafts[locale] }
  return [...locales].flatMap((locale) =>
    fields
      .map((field) => ({
        ...{ locale, field },
        mine: says(mine, locale)[field] ?? '',
        theirs: says(theirs, locale)[field] ?? '',
      }))
      .filter((each) => each.mine !== each.theirs),
  )
}
