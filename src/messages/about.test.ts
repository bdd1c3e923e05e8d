/** What a list says each message is about. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { inWorkspace } from '../db/db.ts'
import { archiveTemplate } from '../templates/archiveTemplate.ts'
import { createTemplate } from '../templates/createTemplate.ts'
import type { DeclaredVariable } from '../templates/variables.ts'
import { system } from '../workspaces/audit/audit.ts'
import { findAbout } from './about.ts'
import { searchMessages } from './search.ts'
import { findNames } from './store/about.ts'
import { findMessage } from './store/read.ts'

const database = await testDatabase()
const engine = await testEngine(database, { start: false })
const { workspaceId } = engine
const { db, clock } = database

function addTemplate(
  name: string,
  byLocale: Record<string, { subject: string; text: string }>,
  variables: (string | DeclaredVariable)[],
) {
  const given = { name, channel: 'email' as const, contents: { defaultLocale: 'en', byLocale } }
  return inWorkspace(db, workspaceId, (tx) =>
    createTemplate(tx, workspaceId, { ...given, variables }, { actor: system, now: clock.now() }),
  )
}
await addTemplate(
  'order',
  {
    en: { subject: 'Order {{ number }} for {{ contact.name }}', text: 'Here.' },
    he: { subject: 'הזמנה {{ number }}', text: 'כאן' },
  },
  ['number'],
)
await addTemplate('late', { en: { subject: 'Late, {{ why }}', text: 'Here.' } }, [
  { name: 'why', required: false },
])
const to = { email: 'ada@example.com', name: 'Ada' }
const accept = (more: object) =>
  engine.accept({ recipient_id: 'ada', channel: 'email', to, ...more })

test('each message of a page says in one line what it is about', async () => {
  const order = { template_id: 'order', template_variables: { number: 7 } }
  const ids = [
    await accept({ ...order, locale: 'he' }),
    await accept({ ...order, locale: 'de' }),
    await accept({ template_id: 'late' }),
    await accept({ subject: 'Given  here', message: 'Hello' }),
    await engine.accept({
      ...{ recipient_id: 'ada', channel: 'in_app' },
      message: `First words\n${'and more '.repeat(50)}`,
    }),
  ]
  const about = await inWorkspace(db, workspaceId, async (tx) => {
    const all = { status: null, channel: null, recipientId: null, topic: null, priority: null }
    const page = { from: null, to: null, text: null, before: null, limit: 9 }
    const { rows } = await searchMessages(tx, workspaceId, { ...all, ...page })
    return findAbout(tx, workspaceId, rows)
  })
  const [hebrew, english, late, given, words = ''] = ids.map((id) => about.get(id))
  assert.equal(hebrew, 'הזמנה 7')
  assert.equal(english, 'Order 7 for Ada')
  assert.equal(late, 'late', 'without a value its name stands in')
  assert.equal(given, 'Given here')
  assert.match(words, /^First words and more /)
  assert.ok(words.length <= 200)
})

test('a template that is out of use is named as it was, and has no name to look it up by', async () => {
  const id = await accept({ template_id: 'late' })
  await inWorkspace(db, workspaceId, async (tx) => {
    await archiveTemplate(tx, workspaceId, 'late', { actor: system, now: clock.now() })
    const row = await findMessage(tx, workspaceId, id)
    assert.ok(row)
    assert.equal((await findAbout(tx, workspaceId, [row])).get(id), 'late')
    assert.equal((await findNames(tx, workspaceId, row)).template, null)
  })
})
