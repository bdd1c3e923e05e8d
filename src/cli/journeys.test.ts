import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { AppError } from '../errors.ts'
import type { JourneyTool } from './journeys.ts'
import { pullJourneys, pushJourneys, showJourneys, validateJourneys } from './journeys.ts'

const database = await testDatabase()
const { db, clock } = database
const folder = await mkdtemp(join(tmpdir(), 'beckon-journeys-'))
after(() => rm(folder, { recursive: true }))

let worlds = 0
async function world() {
  const id = await addWorkspace(database, `files-${++worlds}`)
  const said: { value: unknown; text: string }[] = []
  const result = (value: unknown, text: () => string) => void said.push({ value, text: text() })
  const tool: JourneyTool = { db, workspace: async () => ({ id }), out: { result } }
  return { tool, said, last: () => said.at(-1) }
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const journey = (name: string, more: object = {}) => ({
  name,
  trigger: { events: ['user.signed_up'] },
  steps: [{ id: 'end', type: 'exit', reason: 'done', ...more }],
})

test('validating names every file’s faults, and the exit code says so', async () => {
  const { tool, last } = await world()
  const good = await file('good.json', journey('good'))
  const files = [
    good,
    await file('text.json', '{"name":'),
    await file('form.json', journey('form', { type: 'nap' })),
    await file('sense.json', journey('sense', { reason: '{{ nobody }}' })),
  ]
  await validateJourneys(tool, files, {})
  assert.equal(process.exitCode, 1)
  process.exitCode = 0
  const lines = last()?.text.split('\n') ?? []
  assert.equal(lines[0], `${good}: fine`)
  assert.match(lines[2] ?? '', /^ {2}\/: not JSON/)
  assert.match(lines[4] ?? '', /^ {2}\/steps\/0\/type: "nap" is no type of step/)
  assert.match(lines[6] ?? '', /^ {2}\/steps\/0\/reason: There is no fact called nobody/)
  await validateJourneys(tool, [good], {})
  assert.equal(process.exitCode, 0)
  await assert.rejects(validateJourneys(tool, [join(folder, 'none.json')], {}), AppError)
})

test('pushing makes journeys, then versions of them, and enables them when told to', async () => {
  const { tool, last } = await world()
  const path = await file('hello.json', journey('hello'))
  await pushJourneys(tool, [path], {})
  assert.equal(last()?.text, 'hello: version 1, draft')
  await pushJourneys(tool, [path], { enable: true })
  assert.equal(last()?.text, 'hello: version 1, active')
  await file('hello.json', journey('hello', { reason: 'another' }))
  clock.forward({ minutes: 1 })
  await pushJourneys(tool, [path], {})
  assert.equal(last()?.text, 'hello: version 2, active')
  await showJourneys(tool, {})
  assert.match(last()?.text ?? '', /hello +active +2 +member/)
})

test('nothing is pushed when one of the files is wrong', async () => {
  const { tool, last } = await world()
  const files = [
    await file('a.json', journey('a')),
    await file('b.json', journey('b', { reason: '{{ nobody }}' })),
  ]
  await assert.rejects(pushJourneys(tool, files, {}), /b\.json: 1 fault/)
  await showJourneys(tool, {})
  assert.deepEqual(last()?.value, [])
})

test('what was pushed is pulled as it was', async () => {
  const { tool, last } = await world()
  const [a, b] = [journey('a'), journey('b')]
  await pushJourneys(tool, [await file('a.json', a), await file('b.json', b)], {})
  await pullJourneys(tool, ['a'], {})
  assert.deepEqual(last()?.value, a)
  const into = join(folder, 'pulled')
  await pullJourneys(tool, [], { folder: into })
  assert.deepEqual((await readdir(into)).sort(), ['a.json', 'b.json'])
  assert.deepEqual(JSON.parse(await readFile(join(into, 'b.json'), 'utf8')), b)
  await assert.rejects(pullJourneys(tool, ['none'], {}), /no such journey/)
})
