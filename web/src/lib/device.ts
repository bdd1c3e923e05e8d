/** What a `User-Agent` is in words: "Firefox on Linux", or the name of the program. */

export interface Device {
  readonly program: string
  readonly system: string | null
}

/** The first that is found: others name Chrome and Safari as well as themselves. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOPiOS\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\bDuckDuckGo\//, 'DuckDuckGo'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ .*\bSafari\//, 'Safari'],
]

/** Android says Linux too, an iPhone says Mac OS X too. */
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** Undefined when it says nothing. */
export function deviceOf(userAgent: string | null): Device | undefined {
  const text = userAgent?.trim() ?? ''
  const program = named(programs, text) ?? productOf(text)
  return program ? { program, system: named(systems, text) } : undefined
}

const named = (names: typeof programs, text: string) =>
  names.find(([pattern]) => pattern.test(text))?.[1] ?? null

/** `curl/8.4.0` is curl. Browsers and crawlers call themselves Mozilla and say who they are in brackets. */
function productOf(text: string): string | undefined {
  if (!text.startsWith('Mozilla/')) return /^[^/(]+/.exec(text)?.[0].trim()
  return /compatible; ([^;/)]+)/.exec(text)?.[1]?.trim()
}
