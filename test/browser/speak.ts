/** What a text of the screen is in a language, so that one story is played in each of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import PO from 'pofile'
import type { Look } from './world.ts'

/** Both languages and both themes; the colours of the other theme are looked at on the same page. */
export const looks: readonly Look[] = [
  { language: 'en', theme: 'light' },
  { language: 'he', theme: 'dark' },
]
export const nameOf = ({ language, theme }: Look) => `${language}, ${theme}`

export type Say = (text: string) => string

/** By its English text; throws where there is no translation. Without its direction marks. */
export function speak(language: Look['language']): Say {
  if (language === 'en') return (text) => text
  const texts = new Map(
    ['he.po', 'he.server.po'].flatMap((file) => {
      const path = join(import.meta.dirname, '../../web/locales', file)
      const { items } = PO.parse(readFileSync(path, 'utf8'))
      return items.map(({ msgid, msgstr }) => [msgid, msgstr[0] ?? ''] as const)
    }),
  )
  return (text) => {
    const found = texts.get(text)
    if (!found) throw new Error(`there is no ${language} for ${JSON.stringify(text)}`)
    return found
  }
}
