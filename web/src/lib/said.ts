/**
 * What the server says, in the viewer's language and zone. It says it in English, with values in it; the
 * catalog has the same sentence with places (see sentences.ts).
 */
import { dateTime } from './format.ts'
import { RIGHT_TO_LEFT } from './isolate.ts'
import { direction, onLanguage, serverTexts } from './language.ts'
import { translator } from './sentences.ts'

const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\b/g
const LATIN = /^[^A-Za-z\u0590-\u05ff]*[A-Za-z]/ // begins so, and would be taken for a sentence of its own
const KEPT = 2_000 // texts; a page shows fewer

let translate = translator(serverTexts())
const known = new Map<string, string>()
onLanguage(() => {
  translate = translator(serverTexts())
  known.clear()
})

/** A recipe's own words, which somebody may have changed in their copy: then they are theirs, and stay. */
export const titled = (text: string): string => marked(serverTexts()[text] ?? text, text)

export function said(text: string): string {
  const before = known.get(text)
  if (before !== undefined) return before
  const answer = marked(translate(text), text).replace(INSTANT, (at) => dateTime(at))
  if (known.size >= KEPT) known.clear()
  known.set(text, answer)
  return answer
}

const marked = (told: string, text: string): string =>
  told !== text && direction() === 'rtl' && LATIN.test(told) ? RIGHT_TO_LEFT + told : told
