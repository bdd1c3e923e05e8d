/**
 * The shape of the house, as a test: who may import whom, who reads the environment, who
 * speaks SQL. A room that needs to break a rule here is in the wrong place on the list.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/**
 * Front door to back. A room may import only from rooms above it, so data flows down
 * the page and nothing can depend on itself.
 */
const rooms = [
  ...['errors', 'lib', 'config', 'db', 'jobs'], // foundation
  ...['workspaces', 'http'], // whose it is, and who is asking
  ...['contacts', 'events', 'consent', 'segments'], // who, may we, what happened, which of them
  ...['channels', 'connectors'], // how to reach them, other systems
  ...['templates', 'messages', 'tracking'], // what to say, saying it, hearing back
  ...['sync', 'campaigns', 'journeys', 'webhooks'], // bringing in, deciding when, telling others
  ...['analytics', 'reports'], // looking back
  ...['app', 'cli', 'main'], // putting it together
]

interface Source {
  readonly path: string
  readonly text: string
  /** What it imports of ours, from the project's root. */
  readonly imports: readonly string[]
}

function read(folder: string, kinds: RegExp): readonly Source[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => kinds.test(name) && !name.includes('node_modules'))
    .map((name) => {
      const path = join(folder, name)
      const text = readFileSync(path, 'utf8')
      const found = text.matchAll(/^(?:.*\bfrom|import|.*\bimport\()\s*'(\.[^']+)'/gm)
      return {
        path,
        text,
        imports: [...found].map(([, to]) => normalize(join(dirname(path), to!))),
      }
    })
}

const everything = read('src', /\.ts$/)
/** Tests may reach for anything: a consent test needs a contact, a store test needs SQL. */
const sources = everything.filter(({ path }) => !path.endsWith('.test.ts'))
const room = (path: string) => path.split('/')[1]!.replace(/(\.test)?\.ts$/, '')
const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*/g, '')

/** Paths of sources that say something they may not. */
function mentions(pattern: RegExp, allowed: RegExp): string[] {
  return sources
    .filter(({ path, text }) => !allowed.test(path) && pattern.test(withoutComments(text)))
    .map(({ path }) => path)
}

/** `file -> target` for each import that breaks the rule. */
function wrongImports(files: readonly Source[], rule: (file: string, target: string) => boolean) {
  return files.flatMap(({ path, imports }) =>
    imports.filter((target) => !rule(path, target)).map((target) => `${path} -> ${target}`),
  )
}

test('every room is on the list', () => {
  const unknown = everything.map(({ path }) => room(path)).filter((name) => !rooms.includes(name))
  assert.deepEqual([...new Set(unknown)], [])
})

test('imports only look up the list', () => {
  const upwards = (file: string, target: string) =>
    rooms.indexOf(room(target)) <= rooms.indexOf(room(file))
  assert.deepEqual(wrongImports(sources, upwards), [])
})

test('the program imports nothing from its tests', () => {
  const own = (_: string, target: string) => /^src\//.test(target) && !/\.test\.ts$/.test(target)
  assert.deepEqual(wrongImports(sources, own), [])
})

test('only config.ts and main.ts read the environment', () => {
  assert.deepEqual(mentions(/\bprocess\.env\b/, /^src\/(config|main)\.ts$/), [])
})

test('only stores, analytics, jobs and db speak SQL', () => {
  const speaks = /\b(sql|tx)\s*(<[^`;]*>)?`|\.unsafe\(/
  const allowed = /store\.ts$|^src\/[^/]+(\/[^/]+)*\/store\/|^src\/(analytics|jobs|db)\//
  assert.deepEqual(mentions(speaks, allowed), [])
})

test('a provider imports nothing of ours but the plugin kit and its own channel', () => {
  const kit = /^src\/(lib\/|errors\.ts|channels\/(provider|channel)\.ts)/
  const providers = sources.filter(({ path }) => /^src\/channels\/\w+\//.test(path))
  const allowed = (file: string, target: string) =>
    kit.test(target) || target.startsWith(`${file.split('/').slice(0, 3).join('/')}/`)
  assert.deepEqual(wrongImports(providers, allowed), [])
})

test('the dashboard imports nothing of the server but schemas', () => {
  const allowed = (_: string, target: string) =>
    !target.startsWith('src/') || /\/schema\.ts$/.test(target)
  const shipped = read('web/src', /\.tsx?$/).filter(({ path }) => !path.endsWith('.test.ts'))
  assert.deepEqual(wrongImports(shipped, allowed), [])
})

test('no file has a name that says nothing', () => {
  const vague = /^(index|types|utils|helpers|service|common|misc)\.ts$/
  assert.deepEqual(
    sources.map(({ path }) => path).filter((path) => vague.test(basename(path))),
    [],
  )
})

test('every file opens with why it exists', () => {
  const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/[/*]/.test(text))
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  )
})

test('no file holds something that looks like a live secret', () => {
  // Written so that this file does not find itself.
  const secret =
    /-{5}BEGIN (RSA |EC )?PRIVATE KEY-{5}\n[\w+/]|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{36}\b|\bxox[bp]-\d{10,}-\w|\bsk_live_\w{16}/
  const files = ['src', 'test', 'bench', 'bin', 'recipes', 'web', 'docs'].flatMap((folder) =>
    read(folder, /\.(ts|tsx|mjs|sql|json|md|html|liquid)$/),
  )
  assert.deepEqual(
    files.filter(({ text }) => secret.test(text)).map(({ path }) => path),
    [],
  )
})
