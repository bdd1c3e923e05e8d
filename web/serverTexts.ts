/**
 * What the server says to people: sentences of its problems, checks and timelines, the settings of
 * providers and connectors, the recipes. The server says it in English, to programs too and into what it
 * stores; the dashboard tells it in the viewer's language where it shows it (src/lib/said.ts). So a
 * provider needs no line of React and no second text: its English is the key of the translation.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { formats, inNoForm, inOtherForm, kinds } from '../src/lib/words.ts'

const root = join(import.meta.dirname, '..')
const server = join(root, 'src')

/** Told at the terminal, in logs, to programs that speak HTTP badly, or in both languages already. */
const apart =
  /fixtures\/|^(app|cli|db|jobs|config)\/|^(config|main|app)\.ts$|Texts\.ts$|^http\/(body|clientError|checkHead|duplicates|openapi|frontPage|dashboard|server)|^lib\/(crypt|metrics)|^tracking\/unsubscribe\//

/** Describe the API or a metric, not what happened. */
const documentation = new Set(['description', 'summary', 'help', 'title', 'operationId'])

const settingsTexts = ['title', 'description'] as const

/** What is said of a value that its schema does not take (src/lib/words.ts), and what zod says itself. */
const ofSchemas = [
  ...[...new Set(Object.values(kinds)), 'a value'].map((kind) => `missing: give ${kind}`),
  ...Object.values(kinds).map((kind) => `not ${kind}`),
  ...Object.values(formats),
  ...['at least', 'more than', 'at most', 'less than'].flatMap((bound) =>
    ['', ' characters', ' entries'].map((unit) => `${bound} {0}${unit}`),
  ),
  ...['empty', inOtherForm, inNoForm, 'not one of {0}', 'not a multiple of {0}'],
  'Invalid input',
]

/** Words that stand in the places of sentences: who opened, how a message or a run is. */
const wordsInSentences =
  'all marketing,human,machine,suspected,accepted,accepted by the sandbox,its time was over,scheduled,queued,held,sending,sent,delivered,bounced,failed,skipped,cancelled,expired,unknown,waiting,active,done,ended,email,phone'.split(
    ',',
  )

/** The places of a template are numbered: `There is no {0} {1}.` */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  const spans = node.templateSpans.map(({ literal }, at) => `{${at}}${literal.text}`)
  return node.head.text + spans.join('')
}

/** An entry of the audit log as the page of the log names it: `member.logged_in`, "Member logged in". */
function actionOf(node: ts.Node): string | undefined {
  if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'action') return undefined
  const [, text] = /^'([a-z_]+\.[a-z_]+)'$/.exec(node.initializer.getText()) ?? []
  const words = text?.replace(/[._]/g, ' ')
  return words && words.charAt(0).toUpperCase() + words.slice(1)
}

/** Begins like a sentence and ends like one, or with what a vendor said: `Failed: {0}`. */
const isSentence = (text: string): boolean =>
  /^(\p{Lu}|\{0\}|monday )/u.test(text) && /\p{Ll}{2}/u.test(text) && /([.?]|: \{\d\})$/.test(text)

function isDocumentation(node: ts.Node): boolean {
  if (ts.isCallExpression(node)) {
    const called = node.expression.getText()
    return /\.(describe|info|warn|error|debug|fatal)$|^(html(Page|Fault)|csvFile|plainText|redirection)$/.test(
      called,
    )
  }
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Error'
  return ts.isPropertyAssignment(node) && documentation.has(node.name.getText())
}

/** `isApart`: only its acts, which stand in the audit log. */
function sentencesOf(path: string, isApart: boolean): string[] {
  const source = readFileSync(path, 'utf8')
  const tree = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (isDocumentation(node) || ts.isImportDeclaration(node)) return
    const text = textOf(node)
    if (text !== undefined && !isApart && isSentence(text)) found.push(text)
    const action = actionOf(node)
    if (action) found.push(action)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

async function textsOfSettings(): Promise<string[]> {
  const { providers } = await import('../src/channels/registry.ts')
  const { connectors } = await import('../src/connectors/registry.ts')
  const { settingsSchema } = await import('../src/channels/settings.ts')
  const properties = [...providers, ...connectors].flatMap(
    (each) =>
      Object.values(settingsSchema(each)['properties'] as Record<string, Record<string, unknown>>), // zod wrote it
  )
  const sources = connectors.flatMap(({ sources }) => Object.values(sources))
  const fields = properties.flatMap((each) => each['fields'] ?? []) // of mappings
  return [...properties, ...sources, ...fields]
    .flatMap((each) => settingsTexts.map((name) => (each as Record<string, unknown>)[name])) // one of two plain objects
    .filter((text) => typeof text === 'string')
}

/** Hints of the forms in which a journey is changed. */
async function textsOfJourneys(): Promise<string[]> {
  const { z } = await import('zod')
  const { JourneyDocument } = await import('../src/journeys/schema.ts')
  return textsIn(JSON.stringify(z.toJSONSchema(JourneyDocument, { io: 'input' })), /^description$/)
}

/** Titles, descriptions and warnings of the recipes. */
function textsOfRecipes(): string[] {
  const folder = join(root, 'recipes')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) =>
      textsIn(readFileSync(join(folder, name), 'utf8'), /^(title|description|say)$/),
    )
}

/** What stands under such a key, wherever in the JSON; not what is filled in by Liquid. */
function textsIn(json: string, keys: RegExp): string[] {
  const found: string[] = []
  JSON.parse(json, (key, value: unknown) => {
    if (typeof value === 'string' && keys.test(key) && !value.includes('{{')) found.push(value)
    return value
  })
  return found
}

export async function textsOfServer(): Promise<string[]> {
  const files = readdirSync(server, { recursive: true, encoding: 'utf8' })
  const sentences = files
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .flatMap((name) => sentencesOf(join(server, name), apart.test(name)))
  const all = [
    ...sentences,
    ...(await textsOfSettings()),
    ...(await textsOfJourneys()),
    ...textsOfRecipes(),
    ...ofSchemas,
    ...wordsInSentences,
  ]
  return [...new Set(all)].sort()
}
