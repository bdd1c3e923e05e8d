/** Time zones and languages as people and systems write them, checked by what the runtime knows. */

const zones = new Map<string, boolean>()
const MAX_KNOWN = 1_000 // remembered answers; there are about 600 names

/** An IANA name such as `Asia/Jerusalem`. Offsets are none: they know nothing of summer time. */
export function isTimeZone(name: string): boolean {
  const known = zones.get(name)
  if (known !== undefined) return known
  const valid = /^[A-Za-z][\w+/-]{1,63}$/.test(name) && constructs(name)
  if (zones.size < MAX_KNOWN) zones.set(name, valid)
  return valid
}

function constructs(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/** The canonical BCP 47 tag of `en-us` or `en_US`; null when it is none. */
export function canonicalLocale(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'))[0] ?? null
  } catch {
    return null
  }
}
