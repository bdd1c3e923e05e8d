/** What an author should know before a mail goes out to many. Nothing here forbids publishing. */
import { t } from '../lib/language.ts'
import type { Text } from './drafts.ts'
import { directionOf } from './locales.ts'

const CLIPPED_BYTES = 102 * 1024 // Gmail cuts what is longer

export interface Check {
  readonly key: 'long' | 'alt' | 'unsubscribe' | 'direction' | 'subject'
  readonly detail?: string
}

/** Of one language of an email. MJML writes its own HTML: only what it says itself is looked at. */
export function checksOf(locale: string, { subject, html, mjml, text }: Text): Check[] {
  const source = html ?? mjml ?? ''
  const found: Check[] = []
  const bytes = new TextEncoder().encode(source).length
  if (bytes > CLIPPED_BYTES) found.push({ key: 'long', detail: String(Math.ceil(bytes / 1024)) })
  if (/<(?:img|mj-image)\b(?![^>]*\salt\s*=)[^>]*>/i.test(source)) found.push({ key: 'alt' })
  if (!`${source}${text ?? ''}`.includes('unsubscribe_url')) found.push({ key: 'unsubscribe' })
  if (
    directionOf(locale) === 'rtl' &&
    /\bdir\s*=\s*["']?ltr|direction\s*[:=]\s*["']?ltr/i.test(source)
  )
    found.push({ key: 'direction' })
  if ((subject ?? '').length > LONG_SUBJECT) found.push({ key: 'subject' })
  return found
}

const LONG_SUBJECT = 78 // characters; phones show half of it

export function sayCheck({ key, detail = '' }: Check): string {
  const words = {
    long: t('The HTML has {size} kB; mail programs cut off what is beyond 102 kB.', {
      size: detail,
    }),
    alt: t('A picture has no words for those who do not see it (alt).'),
    unsubscribe: t('There is no unsubscribe link. Advertising needs one: {link}.', {
      link: '{{ unsubscribe_url }}',
    }),
    direction: t('A part of it is written from left to right.'),
    subject: t('The subject is long: most of it is not seen on a phone.'),
  }
  return words[key]
}
