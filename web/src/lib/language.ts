/**
 * The language of the screen: texts, direction, and how numbers and times are written. A change of
 * language draws everything anew (see main.tsx), so `t` is a plain function.
 */
import { type Messages, setupI18n } from '@lingui/core'
import { readCookie, writeCookie } from './cookies.ts'
import { isolated } from './isolate.ts'

export const languages = {
  en: {
    name: 'English',
    dir: 'ltr',
    load: () => import('../../locales/he.po?ids'),
    loadServer: async () => ({ default: {} }), // what it speaks
  },
  he: {
    name: 'עברית',
    dir: 'rtl',
    load: () => import('../../locales/he.po'),
    loadServer: () => import('../../locales/he.server.po?plain'),
  },
} as const satisfies Record<string, Language>
export type LanguageCode = keyof typeof languages

interface Language {
  readonly name: string
  readonly dir: 'ltr' | 'rtl'
  load(): Promise<{ default: Messages }>
  /** What the server says; see said.ts. */
  loadServer(): Promise<{ default: Readonly<Record<string, string>> }>
}

const COOKIE = 'lang' // the server reads it too, for the first byte of the page
const i18n = setupI18n()
const listeners = new Set<() => void>()
let current: LanguageCode = 'en'
let ofServer: Readonly<Record<string, string>> = {}

/** A text of the screen, with its places filled. The English text is its key. */
export const t = (text: string, values?: Record<string, unknown>): string =>
  values ? i18n._(text, direction() === 'rtl' ? apart(text, values) : values) : i18n._(text)

/** Words that somebody gave keep their direction; what decides a plural or a choice stays as it is. */
function apart(text: string, values: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' && text.includes(`{${name}}`) ? isolated(value) : value,
  ])
  return Object.fromEntries(entries)
}

/** Marks a text that is translated later, where it is shown: `t` of a variable finds it. */
export const msg = (text: string): string => text

/** The translation of a text that `msg` marked. */
export const told = (text: string): string => i18n._(text)

/** Translations of what the server says, by its English; empty in English. */
export const serverTexts = (): Readonly<Record<string, string>> => ofServer

export const language = (): LanguageCode => current
export const direction = (): 'ltr' | 'rtl' => languages[current].dir

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export async function setLanguage(code: LanguageCode): Promise<void> {
  const [{ default: messages }, { default: sentences }] = await Promise.all([
    languages[code].load(),
    languages[code].loadServer(),
  ])
  ofServer = sentences
  i18n.loadAndActivate({ locale: code, messages })
  current = code
  document.documentElement.lang = code
  document.documentElement.dir = languages[code].dir
  for (const listener of listeners) listener()
}

export async function chooseLanguage(code: LanguageCode): Promise<void> {
  writeCookie(COOKIE, code)
  await setLanguage(code)
}

/** The one chosen before, else the first that the browser asks for. */
export function startingLanguage(): LanguageCode {
  const wanted = [readCookie(COOKIE), ...navigator.languages.map((tag) => tag.slice(0, 2))]
  return wanted.find(isLanguage) ?? 'en'
}

const isLanguage = (code: string | undefined): code is LanguageCode =>
  code !== undefined && Object.hasOwn(languages, code)

/** The viewer's own locale where it is of this language (en-GB), else the language. */
export function locale(): string {
  return navigator.languages.find((tag) => tag.startsWith(current) && isTag(tag)) ?? current
}

/** A browser started without a language in its environment names one that no formatter takes: en-US@posix. */
const isTag = (tag: string): boolean => /^\w+(-\w+)*$/.test(tag)
