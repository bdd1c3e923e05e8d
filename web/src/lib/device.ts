/** What a `User-Agent` is in words: "Firefox on Linux", the name of the program, or what else it says. */

const MAX_TEXT = 60 // characters; the whole header is in the title

export interface Device {
  /** Or the system, where that is all it says. */
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
  if (!/[\p{L}\p{N}]/u.test(text)) return undefined
  const program = named(programs, text) ?? productOf(text)
  const system = named(systems, text)
  if (program) return { program, system }
  return { program: system ?? [...text].slice(0, MAX_TEXT).join(''), system: null }
}

const named = (names: typeof programs, text: string) =>
  names.find(([pattern]) => pattern.test(text))?.[1] ?? null

/** `curl/8.4.0` is curl. Browsers and crawlers call themselves Mozilla and say who they are in brackets. */
function productOf(text: string): string | undefined {
  if (!text.startsWith('Mozilla/')) return /^[^/(]+/.exec(text)?.[0].trim()
  return /compatible; ([^;/)]+)/.exec(text)?.[1]?.trim()
}
