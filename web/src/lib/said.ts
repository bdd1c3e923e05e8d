/**
 * What the server says, in the viewer's language and zone. It says it in English, with values in it; the
 * catalog has the same sentence with places (`There is no {0} {1}.`). What nobody translated, such
 * as a vendor's own words, stays as it is.
 */
import { dateTime } from './format.ts'
import { isolated, RIGHT_TO_LEFT } from './isolate.ts'
import { direction, onLanguage, serverTexts } from './language.ts'

interface Sentence {
  readonly pattern: RegExp
  readonly places: readonly string[]
  readonly translation: string
}

const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\b/g
const LATIN = /^[^A-Za-z\u0590-\u05ff]*[A-Za-z]/ // begins so, and would be taken for a sentence of its own
const PLACE = /\{(\d)\}/g
const DEEP = 3 // sentences within sentences: "Failed: Gave up after 9 attempts. Last: …"

let sentences: readonly Sentence[] | undefined
const known = new Map<string, string>()
onLanguage(() => {
  sentences = undefined
  known.clear()
})

export function said(text: string): string {
  const before = known.get(text)
  if (before !== undefined) return before
  const told = translated(text, DEEP)
  const mark = told !== text && direction() === 'rtl' && LATIN.test(told) ? RIGHT_TO_LEFT : ''
  const answer = mark + told.replace(INSTANT, (at) => dateTime(at))
  known.set(text, answer)
  return answer
}

function translated(text: string, depth: number): string {
  const whole = serverTexts()[text]
  if (whole !== undefined) return whole
  sentences ??= sentencesOf(serverTexts())
  for (const { pattern, places, translation } of depth > 0 ? sentences : []) {
    const [, ...values] = pattern.exec(text) ?? []
    if (values.length === 0) continue
    const found = new Map(places.map((place, at) => [place, values[at] ?? '']))
    return translation.replace(PLACE, (_, place: string) =>
      isolated(translated(found.get(place) ?? '', depth - 1)),
    )
  }
  return text
}

/** Those with the most words of their own first: they say most certainly what they are. */
function sentencesOf(texts: Readonly<Record<string, string>>): Sentence[] {
  const own = (text: string) => text.replace(PLACE, '').length
  return Object.entries(texts)
    .filter(([text]) => /\{\d\}/.test(text))
    .sort(([a], [b]) => own(b) - own(a))
    .map(([text, translation]) => ({
      pattern: new RegExp(
        `^${text
          .split(/\{\d\}/)
          .map(literal)
          .join('([^]+?)')}$`,
      ),
      places: [...text.matchAll(PLACE)].map(([, place = '']) => place),
      translation,
    }))
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
