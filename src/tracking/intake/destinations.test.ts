/** Where links lead, with templates and messages in a real database. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { publicUrl, trackingWorld } from '../../../test/helpers/trackingWorld.ts'
import { contentsOf } from '../../templates/contents.ts'
import { createTemplate } from '../../templates/createTemplate.ts'
import { createTemplateDirectory } from '../../templates/directory.ts'
import { NewTemplate } from '../../templates/schema.ts'
import { system } from '../../workspaces/audit/audit.ts'
import { createDestinations } from './destinations.ts'

const base = await testDatabase()
const world = await trackingWorld(base)
const { engine } = base.db

/** A message that was made of a template with these links. */
async function fromTemplate(hrefs: readonly string[]): Promise<string> {
  const html = hrefs.map((href) => `<a href="${href}">x</a>`).join('')
  const name = `links-${Math.random()}`
  const template = NewTemplate.parse({ name, channel: 'email', subject: 'S', html })
  const made = await engine.begin((tx) =>
    createTemplate(
      tx,
      world.workspaceId,
      { ...template, contents: contentsOf(template, 'en') },
      { actor: system, now: base.clock.now() },
    ),
  )
  const id = await world.addMessage()
  await engine`
    update messages set template_id = ${made.id}, template_version = 1, locale = 'en' where id = ${id}
  `
  return id
}

/** Counts the statements that look links up. */
function lookingUp() {
  const state = { n: 0 }
  const counted = new Proxy(engine, {
    apply(target, self, args: unknown[]) {
      if (Array.isArray(args[0]) && String(args[0]).includes('message_links')) state.n++
      return Reflect.apply(target, self, args)
    },
  })
  const db = { engine: counted }
  const templates = createTemplateDirectory(base.db, publicUrl)
  const { find } = createDestinations({ db, templates })
  const at = (messageId: string, linkIndex: number) =>
    find({ workspaceNumber: world.number, messageId, linkIndex })
  return { state, at }
}

test('one look-up tells of all links that a template knows', async () => {
  const id = await fromTemplate(['https://a.example/', 'https://b.example/?x=1', 'mailto:a@b.c'])
  const { state, at } = lookingUp()
  const together = await Promise.all([at(id, 0), at(id, 1), at(id, 0), at(id, 1)])
  const [a, b] = ['https://a.example/', 'https://b.example/?x=1']
  assert.deepEqual(together, [a, b, a, b])
  assert.deepEqual([at(id, 1), at(id, 0), at(id, 7)], [b, a, null])
  assert.equal(state.n, 1)
})

test('the links of one message are its own, and asking for one that it has not hides none', async () => {
  const links = ['https://c.example/', 'https://d.example/']
  const id = await world.addMessage({ links })
  const { at } = lookingUp()
  assert.equal(await at(id, 5), null)
  assert.deepEqual(await Promise.all([at(id, 0), at(id, 1), at(id, 5)]), [...links, null])
  assert.deepEqual([at(id, 0), at(id, 1)], links)
})

test('messages that are asked for together do not mix', async () => {
  const ids = [
    await fromTemplate(['https://e.example/', 'https://f.example/']),
    await fromTemplate(['https://g.example/', 'https://h.example/']),
    await world.addMessage({ links: ['https://i.example/', 'https://j.example/'] }),
  ]
  const { at } = lookingUp()
  const found = await Promise.all(ids.flatMap((id) => [at(id, 0), at(id, 1)]))
  const expected = ['e', 'f', 'g', 'h', 'i', 'j'].map((letter) => `https://${letter}.example/`)
  assert.deepEqual(found, expected)
})

test('what could not be looked up is looked up again', async () => {
  const id = await fromTemplate(['https://k.example/'])
  let away = true
  const nowhere = () => Promise.reject(new Error('away'))
  const db = {
    get engine() {
      return away ? (new Proxy(engine, { apply: nowhere }) as typeof engine) : engine
    },
  }
  const templates = createTemplateDirectory(base.db, publicUrl)
  const { find } = createDestinations({ db, templates })
  const link = { workspaceNumber: world.number, messageId: id, linkIndex: 0 }
  const failed = await Promise.allSettled([find(link), find(link)])
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  away = false
  assert.equal(await find(link), 'https://k.example/')
})
