/** Languages: which version of a text to take, and which way it runs. */
import { readTags, type StartTag } from './htmlTags.ts'

/**
 * What to look for, best first: `es-AR`, `es`, then the fallback and what it
 * falls back to. Nothing twice. Takes `es_AR` too.
 */
export function localeChain(locale: string | null | undefined, fallback: string): string[] {
  return [...new Set([...shortened(locale ?? ''), ...shortened(fallback)])]
}

/** RFC 4647 §3.4: from the end, subtag by subtag. */
function shortened(locale: string): string[] {
  const subtags = canonical(locale).split('-').filter(Boolean)
  return subtags.map((_, index) => subtags.slice(0, subtags.length - index).join('-'))
}

function canonical(locale: string): string {
  const tag = locale.trim().replaceAll('_', '-')
  try {
    return new Intl.Locale(tag).baseName
  } catch {
    return ''
  }
}

const RTL_SCRIPTS = new Set(
  'Arab Hebr Syrc Thaa Nkoo Samr Mand Adlm Rohg Yezi Mend Sogd Ougr'.split(' '),
)

/** By script, so that `az-Arab` and `ku-Arab` are right too. Unknown languages run left to right. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  const tag = canonical(locale)
  if (tag === '') return 'ltr'
  return RTL_SCRIPTS.has(new Intl.Locale(tag).maximize().script ?? '') ? 'rtl' : 'ltr'
}

/**
 * Says language and direction on <html> and on <body>, which is all that some
 * mail clients keep. What the author has set stays. A fragment gets a <div>.
 */
export function wrapDirection(html: string, locale: string): string {
  const tag = canonical(locale)
  if (tag === '') return html
  const wanted = [['lang', tag] as const, ['dir', directionOf(tag)] as const]
  const roots = readTags(html).starts.filter(({ name }) => name === 'html' || name === 'body')
  if (roots.length === 0) return `<div${attributes(wanted)}>${html}</div>`
  return roots.reduceRight((text, root) => addMissing(text, root, wanted), html)
}

type Attributes = readonly (readonly [name: string, value: string])[]

function addMissing(html: string, tag: StartTag, wanted: Attributes): string {
  const missing = wanted.filter(([name]) => !tag.attributes.some((has) => has.name === name))
  return html.slice(0, tag.nameEnd) + attributes(missing) + html.slice(tag.nameEnd)
}

function attributes(list: Attributes): string {
  return list.map(([name, value]) => ` ${name}="${value}"`).join('')
}
