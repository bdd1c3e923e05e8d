/**
 * What a template says in each of its languages: how a request's fields become that, how a
 * change is laid over it, and what has to be there. Whether it compiles is checkContents.ts.
 */
import type { ChannelId } from '../channels/channel.ts'
import { canonicalLocale } from '../contacts/locale.ts'
import { AppError, type FieldError, invalid } from '../errors.ts'
import type { Content, ContentChange, NewTemplate, TemplateChange } from './schema.ts'

export interface Contents {
  readonly defaultLocale: string
  readonly byLocale: Readonly<Record<string, Content>>
}

const MAX_LANGUAGES = 100 // each is compiled when it is saved, while others wait
const fields = ['subject', 'html', 'mjml', 'text'] as const

/** One spelling of each language tag, so that `es_AR` and `es-AR` are the same. */
export function localeOf(tag: string): string {
  return canonicalLocale(tag) ?? tag
}

export function contentsOf(request: NewTemplate, fallbackLocale: string): Contents {
  const none: Contents = { defaultLocale: localeOf(fallbackLocale), byLocale: {} }
  return changeContents(none, request)
}

/** Raises `invalid_input` where the change contradicts itself or the template. */
export function changeContents(current: Contents, change: TemplateChange | NewTemplate): Contents {
  const defaultLocale =
    change.locale === undefined ? current.defaultLocale : localeOf(change.locale)
  const byLocale: Record<string, Content> = { ...current.byLocale }
  for (const [locale, { pointer, content }] of givenContents(change, defaultLocale)) {
    if (content === null) delete byLocale[locale]
    else byLocale[locale] = laidOver(byLocale[locale] ?? {}, content, pointer)
  }
  assertFew(byLocale)
  if (!byLocale[defaultLocale]) {
    const detail = `There is no content in ${defaultLocale}, the language to fall back to.`
    throw invalid(change.locale === undefined ? '/subject' : '/locale', detail)
  }
  return { defaultLocale, byLocale }
}

export function changesContent(change: TemplateChange): boolean {
  return change.locales !== undefined || fields.some((field) => change[field] !== undefined)
}

export interface GivenContent {
  /** Where it stands in the body: '' or `/locales/es`. */
  readonly pointer: string
  /** null: to be removed. */
  readonly content: ContentChange | null
}

/** The contents of a request by language. Fields at the top are those of `topLocale`. */
export function givenContents(
  request: TemplateChange | NewTemplate,
  topLocale: string,
): ReadonlyMap<string, GivenContent> {
  const given = new Map<string, GivenContent>()
  assertFew(request.locales ?? {})
  const { subject, html, mjml, text } = request
  const top = { subject, html, mjml, text }
  if (fields.some((field) => top[field] !== undefined))
    given.set(topLocale, { pointer: '', content: top })
  for (const [tag, content] of Object.entries(request.locales ?? {})) {
    const locale = localeOf(tag)
    const pointer = `/locales/${tag}`
    if (given.has(locale)) throw invalid(pointer, `The content in ${locale} is given twice.`)
    given.set(locale, { pointer, content })
  }
  return given
}

function assertFew(byLocale: object): void {
  if (Object.keys(byLocale).length > MAX_LANGUAGES)
    throw invalid('/locales', `at most ${MAX_LANGUAGES} entries`)
}

function laidOver(current: Content, change: ContentChange, pointer: string): Content {
  if (typeof change.html === 'string' && typeof change.mjml === 'string') {
    throw invalid(`${pointer}/mjml`, 'Give either html or mjml, not both.')
  }
  const { html, mjml, ...rest } = current
  const kept: Content = {
    ...rest,
    ...(html === undefined || typeof change.mjml === 'string' ? {} : { html }),
    ...(mjml === undefined || typeof change.html === 'string' ? {} : { mjml }),
  }
  for (const field of fields) {
    const value = change[field]
    if (value === null) delete kept[field]
    else if (value !== undefined) kept[field] = value
  }
  return kept
}

/** Each language must be complete by itself: a message takes all of one or none of it. */
export function assertComplete(channel: ChannelId, { byLocale, defaultLocale }: Contents): void {
  const errors = Object.entries(byLocale).flatMap(([locale, content]) => {
    const pointer = locale === defaultLocale ? '' : `/locales/${locale}`
    return channel === 'email' ? emailFaults(content, pointer) : textFaults(content, pointer)
  })
  if (errors.length > 0) throw new AppError('invalid_input', errors[0]?.detail, { errors })
}

function emailFaults(content: Content, pointer: string): FieldError[] {
  const faults: FieldError[] = []
  if (!content.subject?.trim()) {
    faults.push({ pointer: `${pointer}/subject`, detail: 'An email needs a subject.' })
  }
  if (![content.html, content.mjml, content.text].some((source) => source?.trim())) {
    faults.push({ pointer: `${pointer}/html`, detail: 'Give html, mjml or text.' })
  }
  return faults
}

function textFaults(content: Content, pointer: string): FieldError[] {
  const faults: FieldError[] = []
  for (const field of ['html', 'mjml'] as const) {
    if (content[field] === undefined) continue
    faults.push({ pointer: `${pointer}/${field}`, detail: `Only email takes ${field}; use text.` })
  }
  if (!content.text?.trim()) faults.push({ pointer: `${pointer}/text`, detail: 'Give a text.' })
  return faults
}
