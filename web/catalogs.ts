/**
 * Languages of the dashboard: PO files, compiled for Lingui while the dashboard is built. The
 * English text is the id, so English needs no file of its own: it is compiled from the ids. Beside each
 * stands what the server says (`he.server.po`, see serverTexts.ts), which has places instead of ICU.
 *
 *   node web/catalogs.ts            adds what the source says to every PO file, drops what it no longer says
 *   node web/catalogs.ts --check    fails when a file differs, a text has no translation, or that names other places
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileMessage } from '@lingui/message-utils/compileMessage'
import PO from 'pofile'
import ts from 'typescript'
import type { Plugin } from 'vite'
import { textsOfServer } from './serverTexts.ts'

const locales = join(import.meta.dirname, 'locales')
const source = join(import.meta.dirname, 'src')

/** Makes `import catalog from './he.po'` work; `he.po?ids` gives the English one, `?plain` what is no ICU. */
export function catalogs(): Plugin {
  return {
    name: 'catalogs',
    load(id) {
      const [path = '', query] = id.split('?')
      if (!path.endsWith('.po')) return null
      const items = PO.parse(readFileSync(path, 'utf8')).items
      const compiled = items.map(({ msgid, msgstr }) => {
        const text = query === 'ids' ? msgid : msgstr[0] || msgid
        return [msgid, query === 'plain' ? text : compileMessage(text)]
      })
      return `export default ${JSON.stringify(Object.fromEntries(compiled))}`
    },
  }
}

const isOfServer = (name: string): boolean => name.endsWith('.server.po')

/** Every text of the source: the first argument of `t(…)` and `msg(…)`. */
function textsOfSource(): string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  const found = new Set<string>()
  for (const name of files.filter((each) => /\.tsx?$/.test(each) && !/\.gen\.ts$/.test(each))) {
    const path = join(source, name)
    const tree = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && /^(t|msg)$/.test(node.expression.getText(tree))) {
        const [text] = node.arguments
        if (text && ts.isStringLiteralLike(text)) found.add(text.text)
        else throw new Error(`${name}: ${node.getText(tree)} has no plain text to translate`)
      }
      ts.forEachChild(node, visit)
    }
    visit(tree)
  }
  return [...found].sort()
}

function update(path: string, texts: readonly string[], check: boolean): string[] {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const known = new Map(PO.parse(before).items.map((item) => [item.msgid, item]))
  const file = new PO()
  file.headers = { 'Content-Type': 'text/plain; charset=utf-8' }
  for (const text of texts) {
    const item = new PO.Item()
    item.msgid = text
    item.msgstr = known.get(text)?.msgstr ?? ['']
    file.items.push(item)
  }
  const after = `${file.toString().trimEnd()}\n`
  if (!check) writeFileSync(path, after)
  const faults = file.items.flatMap(({ msgid, msgstr }) => faultOf(msgid, msgstr[0] ?? ''))
  return [...(check && after !== before ? ['It differs from the source.'] : []), ...faults]
}

/** A translation may leave a place out (a plural's s), and name none that the text has not. */
function faultOf(text: string, translation: string): string[] {
  if (!translation) return [`No translation: ${text}`]
  const placesOf = (each: string) => [...each.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name)
  const places = new Set(placesOf(text))
  const strange = placesOf(translation).filter((name) => !places.has(name))
  return strange.length > 0 ? [`{${strange.join('}, {')}} is no place of: ${text}`] : []
}

if (import.meta.main) {
  const check = process.argv.includes('--check')
  const ofSource = textsOfSource()
  const ofServer = await textsOfServer()
  for (const name of readdirSync(locales).filter((each) => each.endsWith('.po'))) {
    const texts = isOfServer(name) ? ofServer : ofSource
    const faults = update(join(locales, name), texts, check)
    console.log(`${name}: ${texts.length} texts, ${faults.length} faults`)
    for (const fault of faults) console.log(fault)
    if (check && faults.length > 0) process.exitCode = 1
  }
}
