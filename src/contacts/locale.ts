/** Languages as people and systems write them, checked by what the runtime knows. */

/** The canonical BCP 47 tag of `en-us` or `en_US`; null when it is none. */
export function canonicalLocale(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'))[0] ?? null
  } catch {
    return null
  }
}
