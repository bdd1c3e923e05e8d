/** What languages are called, and which way they are written. */
import { t } from '../lib/language.ts'
import { ProblemError, sayProblem } from '../lib/problem.ts'
import { said } from '../lib/said.ts'

const RIGHT_TO_LEFT = new Set(['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg', 'Mand'])

export function directionOf(locale: string): 'ltr' | 'rtl' {
  try {
    const { script = '' } = new Intl.Locale(locale.replaceAll('_', '-')).maximize()
    return RIGHT_TO_LEFT.has(script) ? 'rtl' : 'ltr'
  } catch {
    return 'ltr' // the address may hold what is no tag at all
  }
}

/** In the viewer's language. */
export function languageName(locale: string): string {
  try {
    const names = new Intl.DisplayNames([document.documentElement.lang], { type: 'language' })
    return names.of(locale) ?? locale
  } catch {
    return locale // the address may hold what is no tag at all
  }
}

const fields = () => ({
  ...{ subject: t('Subject'), html: 'HTML', mjml: 'MJML', text: t('Plain text') },
  ...{ locale: t('Language to fall back to'), variables: t('Variables') },
})

/** A JSON pointer into a version, such as `/locales/en/subject`, in words. */
export function fieldTitle(pointer: string): string {
  const [, first = '', locale, field = first] = pointer.split('/')
  const words: Record<string, string> = fields()
  const title = words[field] ?? field
  return locale === undefined ? title : `${languageName(locale)} · ${title}`
}

/** What is wrong with a text, by the name of its field. */
export function sayTextFault(error: unknown): string {
  const [first] = error instanceof ProblemError ? (error.problem.errors ?? []) : []
  return first?.pointer.startsWith('/locales/')
    ? `${fieldTitle(first.pointer)}: ${said(first.detail)}`
    : sayProblem(error)
}
