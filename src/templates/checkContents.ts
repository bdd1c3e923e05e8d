/**
 * Proves that given content compiles, before it is stored, and names every fault with its
 * line and column as the author wrote it.
 *
 * Each source is compiled twice: as it was written, for the positions, and as messages will
 * use it, with MJML and styles worked in.
 */
import { AppError, type FieldError } from '../errors.ts'
import { compile } from './compile.ts'
import { compileEmail } from './compileEmail.ts'
import type { GivenContent } from './contents.ts'
import { compileVersion } from './directory.ts'
import { mjmlToHtml } from './mjml.ts'
import type { ContentChange } from './schema.ts'
import { TemplateError } from './templateError.ts'

/** Raises `invalid_input` with every fault. Answers warnings for the author. */
export async function checkContents(given: ReadonlyMap<string, GivenContent>): Promise<string[]> {
  const errors: FieldError[] = []
  const warnings: string[] = []
  for (const [locale, { pointer, content }] of given) {
    for (const { field, run } of checksOf(content ?? {}, locale)) {
      const result = await attempt(run)
      if (result instanceof TemplateError) {
        errors.push({ pointer: `${pointer}/${field}`, detail: sentence(result) })
      } else {
        warnings.push(...result.map((warning) => `${pointer}/${field}: ${warning}`))
      }
    }
  }
  const [first] = errors
  if (first) throw new AppError('invalid_input', `${first.pointer}: ${first.detail}`, { errors })
  return warnings
}

type Check = () => Promise<readonly string[]>

function checksOf(content: ContentChange, locale: string): { field: string; run: Check }[] {
  const { subject, html, mjml, text } = content
  const checks: { field: string; run: Check }[] = []
  if (subject) checks.push({ field: 'subject', run: () => checkPlain(subject) })
  if (html) checks.push({ field: 'html', run: () => checkHtml(html, locale) })
  if (mjml) checks.push({ field: 'mjml', run: () => checkMjml(mjml, locale) })
  if (text) checks.push({ field: 'text', run: () => checkPlain(text) })
  return checks
}

async function attempt(run: Check): Promise<readonly string[] | TemplateError> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
}

async function checkPlain(source: string): Promise<readonly string[]> {
  compile(source, { escape: 'none' })
  return []
}

async function checkHtml(html: string, locale: string): Promise<readonly string[]> {
  compileEmail({ subject: '', html, text: null, ...tracked })
  return checkInUse(html, locale)
}

/** What is wrong with the HTML that MJML made has no line in the MJML. */
async function checkMjml(mjml: string, locale: string): Promise<readonly string[]> {
  compile(mjml, { escape: 'html' })
  const html = await mjmlToHtml(mjml)
  try {
    return await checkInUse(html, locale)
  } catch (error) {
    if (error instanceof TemplateError)
      throw new TemplateError(error.message, null, { cause: error })
    throw error
  }
}

const tracked = { trackOpens: true, trackClicks: true, trackingOrigin: '' }

async function checkInUse(html: string, locale: string): Promise<readonly string[]> {
  const version = { contents: { [locale]: { html } }, defaultLocale: locale, variables: [] }
  return (await compileVersion(version, { locale, html: true, ...tracked }, '')).warnings
}

/** compileEmail names its parts; the pointer does that here. */
function sentence({ message, line, column }: TemplateError): string {
  const text = message.replace(/^(?:subject|html|text): /, '')
  return line === null || column === null ? text : `Line ${line}, column ${column}: ${text}`
}
