/**
 * Finds a sentence with values in it among sentences with places (`There is no {0} {1}.`), and says it
 * in the other language. What nobody translated, such as a vendor's own words, stays as it is.
 */
import { isolated } from './isolate.ts'

/** Translations by their English. */
export type Texts = Readonly<Record<string, string>>

interface Sentence {
  readonly pattern: RegExp
  readonly places: readonly string[]
  readonly translation: string
}

const PLACE = /\{(\d)\}/g
const LONGEST = 500 // characters; a longer text is a vendor's, and patterns take their time with it
const DEEP = 3 // sentences within sentences: "Failed: Gave up after 9 attempts. Last: …"

export function translator(texts: Texts): (text: string) => string {
  let sentences: readonly Sentence[] | undefined // made when the first is asked for
  const translated = (text: string, depth: number): string => {
    const whole = texts[text]
    if (whole !== undefined) return whole
    sentences ??= sentencesOf(texts)
    for (const { pattern, places, translation } of depth > 0 && text.length <= LONGEST
      ? sentences
      : []) {
      const [, ...values] = pattern.exec(text) ?? []
      if (values.length === 0) continue
      const found = new Map(places.map((place, at) => [place, values[at] ?? '']))
      return translation.replace(PLACE, (_, place: string) =>
        isolated(translated(found.get(place) ?? '', depth - 1)),
      )
    }
    return text
  }
  return (text) => translated(text, DEEP)
}

/** Those with the most words of their own first: they say most certainly what they are. */
function sentencesOf(texts: Texts): Sentence[] {
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
