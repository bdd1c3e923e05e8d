import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { testServer } from '../../test/helpers/server.ts'
import { suppress } from '../consent/suppress.ts'
import { inWorkspace } from '../db/db.ts'
import { templateRoutes } from './routes.ts'

const database = await testDatabase()
const { db, clock } = database
const engine = await testEngine(database, { start: false })
const { directories, workspaceId } = engine
const deps = { db, directories, publicUrl: 'https://beckon.test' }
const server = await testServer([templateRoutes(deps)], { db })
const call = server(workspaceId)

const create = async (body: object) => {
  const answer = await call('POST', '/templates', { channel: 'sms', ...body })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}
const pointers = (answer: { json: { errors: { pointer: string }[] } }) =>
  answer.json.errors.map(({ pointer }) => pointer)

test('a template is created, read by id and by name, and listed without its content', async () => {
  const made = await create({
    name: 'appointment reminder',
    channel: 'email',
    subject: 'See you {date}',
    html: '<p>Hello {{ customer_name }}</p>',
    locales: { he: { subject: 'נתראה', text: 'שלום {customer_name}' } },
  })
  assert.equal(made.version, 1)
  assert.equal(made.locale, 'en')
  assert.deepEqual(made.variables, [
    { name: 'date', required: true },
    { name: 'customer_name', required: true },
  ])
  assert.deepEqual(made.warnings, [])
  const { warnings: _, ...shown } = made
  assert.deepEqual((await call('GET', `/templates/${made.id}`)).json, shown)
  assert.deepEqual((await call('GET', '/templates/appointment%20reminder')).json, shown)
  const list = (await call('GET', '/templates?channel=email&q=REMIND')).json
  assert.deepEqual(list.data[0].name, 'appointment reminder')
  assert.ok(!('html' in list.data[0]))
  assert.equal((await call('GET', '/templates?channel=sms&q=REMIND')).json.data.length, 0)
})

test('lists go on where the page before ended', async () => {
  for (const name of ['page a', 'page b', 'page c']) await create({ name, text: 'x' })
  const first = (await call('GET', '/templates?q=page&limit=2')).json
  assert.deepEqual([first.data.length, first.has_more], [2, true])
  const second = (await call('GET', `/templates?q=page&limit=2&cursor=${first.next_cursor}`)).json
  assert.deepEqual([second.data[0].name, second.has_more], ['page a', false])
})

test('what does not compile is named with its field, line and column', async () => {
  const answer = await call('POST', '/templates', {
    name: 'broken',
    channel: 'email',
    subject: '{{ a | no_such_filter }}',
    html: '<p>\n  {% if %}</p>',
    locales: { es: { subject: 'x', html: '<a href="javascript:x()">y</a>' } },
  })
  assert.equal(answer.status, 422)
  assert.deepEqual(pointers(answer), ['/subject', '/html', '/locales/es/html'])
  const [subject, html, link] = answer.json.errors
  assert.match(subject.detail, /^Line 1, column \d+: .*no_such_filter/)
  assert.match(html.detail, /^Line 2, column 8: /)
  assert.match(link.detail, /^Line 1, column \d+: The link "javascript:x\(\)" may not use/)
  assert.equal((await call('GET', '/templates/broken')).status, 404)
})

test('what LiquidJS takes for a name and nobody can declare is refused, and not stored', async () => {
  for (const text of [
    '{{ first-name }}',
    '{{ שם }}',
    '{{ 1 | times: 1e308 }}',
    '{% if a? %}{% endif %}',
  ])
    for (const variables of [undefined, []]) {
      const answer = await call('POST', '/templates', {
        ...{ name: 'odd', channel: 'sms', text, variables },
      })
      assert.equal(answer.status, 422, answer.text)
      assert.match(answer.json.detail, /cannot be the name of a variable/)
    }
  assert.equal((await call('GET', '/templates/odd')).status, 404)
  const made = await create({ name: 'even', text: 'Hello' })
  const changed = await call('PUT', `/templates/${made.id}`, { text: '{{ first-name }}' })
  assert.equal(changed.status, 422, changed.text)
})

test('MJML is checked where it was written', async () => {
  const answer = await call('POST', '/templates', {
    name: 'mjml',
    channel: 'email',
    subject: 'x',
    mjml: '<mjml>\n<mj-include path="x"/></mjml>',
  })
  assert.deepEqual(pointers(answer), ['/mjml'])
})

test('MJML becomes the HTML of a test', async (t) => {
  const mjml = `<mjml><mj-body><mj-section><mj-column><mj-text>Hi {name}
    </mj-text></mj-column></mj-section></mj-body></mjml>`
  const body = { name: 'from mjml', channel: 'email', subject: 'x', mjml }
  const made = await call('POST', '/templates', body)
  if (made.text.includes('MJML is not installed')) return t.skip('MJML is not installed')
  assert.deepEqual(made.json.variables, [{ name: 'name', required: true }])
  const given = { template_variables: { name: 'Ada' } }
  const shown = (await call('POST', `/templates/${made.json.id}/test`, given)).json
  assert.match(shown.html, /<table[\s\S]*Hi Ada/)
  const html = { html: '<p>plain</p>' }
  const changed = (await call('PUT', `/templates/${made.json.id}`, html)).json
  assert.deepEqual([changed.mjml, changed.html], [null, '<p>plain</p>'])
})

test('each language must be complete by itself', async () => {
  const table: [object, string[]][] = [
    [{ channel: 'email', html: '<p>x</p>' }, ['/subject']],
    [{ channel: 'email', subject: 'x' }, ['/html']],
    [{ channel: 'sms', html: '<p>x</p>' }, ['/html', '/text']],
    [{ channel: 'email', subject: 'x', html: 'x', mjml: '<mjml></mjml>' }, ['/mjml']],
    [{ channel: 'sms', text: 'x', locales: { es: {} } }, ['/locales/es/text']],
    [{ channel: 'sms', text: 'x', locales: { EN: { text: 'y' } } }, ['/locales/EN']],
    [{ channel: 'sms', locales: { es: { text: 'y' } } }, ['/subject']],
  ]
  for (const [body, expected] of table) {
    const answer = await call('POST', '/templates', { name: 'incomplete', ...body })
    assert.equal(answer.status, 422, JSON.stringify(body))
    if (!('mjml' in body)) assert.deepEqual(pointers(answer), expected)
  }
})

test('variables that are given are a promise; those that are not are taken from the content', async () => {
  const text =
    'Hi {{ name | default: "you" }}, {% if vip %}welcome{% endif %} {code} {{ contact.name }}'
  const taken = await create({ name: 'taken', text })
  assert.deepEqual(taken.variables, [
    { name: 'name', required: false },
    { name: 'vip', required: false },
    { name: 'code', required: true },
  ])
  const short = { name: 'declared', channel: 'sms', text, variables: ['name', 'code'] }
  const refused = await call('POST', '/templates', short)
  assert.equal(refused.status, 422)
  assert.match(refused.json.detail, /does not name: vip\./)
  const vip = { name: 'vip', required: false, default: false }
  const declared = await create({ ...short, variables: ['name', 'code', vip] })
  assert.deepEqual(declared.variables.at(-1), vip)
  const doubled = await call('POST', '/templates', { ...short, variables: ['vip', 'vip'] })
  assert.deepEqual(pointers(doubled), ['/variables/1'])
  const ours = await call('POST', '/templates', { ...short, variables: ['unsubscribe_url'] })
  assert.deepEqual(pointers(ours), ['/variables/0'])
})

test('a name is unique, and free again after archiving', async () => {
  const made = await create({ name: 'unique', text: 'x' })
  const again = await call('POST', '/templates', { name: 'unique', channel: 'sms', text: 'y' })
  assert.equal(again.status, 409)
  assert.match(again.json.detail, /a template named unique already/)
  const other = await create({ name: 'other', text: 'x' })
  assert.equal((await call('PUT', `/templates/${other.id}`, { name: 'unique' })).status, 409)
  assert.equal((await call('GET', `/templates/${other.id}`)).json.version, 1)
  assert.equal((await call('DELETE', `/templates/${made.id}`)).status, 204)
  assert.equal((await call('GET', `/templates/${made.id}`)).status, 404)
  assert.equal((await call('DELETE', `/templates/${made.id}`)).status, 404)
  assert.equal((await call('PUT', `/templates/${other.id}`, { name: 'unique' })).json.version, 2)
})

test('a change makes a version, and what is left out stays', async () => {
  const made = await create({
    name: 'changing',
    channel: 'email',
    subject: 'Old {a}',
    html: '<p>{b}</p>',
    text: 'plain',
    locales: { es: { subject: 'Viejo', text: 'hola' } },
  })
  const path = `/templates/${made.id}`
  const changed = (await call('PUT', path, { subject: 'New {c}', note: 'why' })).json
  assert.equal(changed.version, 2)
  assert.equal(changed.html, '<p>{b}</p>')
  assert.deepEqual(Object.keys(changed.locales), ['es'])
  const names = changed.variables.map((each: { name: string }) => each.name)
  assert.deepEqual(names, ['c', 'b'])
  const without = (await call('PUT', path, { text: null, locales: { es: null } })).json
  assert.deepEqual([without.text, without.locales], [null, {}])
  assert.deepEqual(pointers(await call('PUT', path, { locale: 'fr' })), ['/locale'])
  assert.deepEqual(pointers(await call('PUT', path, { html: null })), ['/html'])
  const moved = { locale: 'fr', subject: 'Bonjour', text: 'x', locales: { en: null } }
  const french = (await call('PUT', path, moved)).json
  assert.deepEqual([french.locale, french.subject, french.html], ['fr', 'Bonjour', null])
})

test('two changes at once make two versions, and none is lost', async () => {
  const made = await create({ name: 'busy', channel: 'email', subject: 'a', text: 'b' })
  const path = `/templates/${made.id}`
  const answers = await Promise.all([
    call('PUT', path, { subject: 'A' }),
    call('PUT', path, { text: 'B' }),
  ])
  assert.deepEqual(answers.map(({ json }) => json.version).sort(), [2, 3])
  const now = (await call('GET', path)).json
  assert.deepEqual([now.subject, now.text, now.version], ['A', 'B', 3])
})

test('two of one name at once: one is made, the other told why not', async () => {
  const body = { name: 'race', channel: 'sms', text: 'x' }
  const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/templates', body)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409])
})

test('the same Idempotency-Key makes one template', async () => {
  const body = { name: 'once', channel: 'sms', text: 'x' }
  const headers = { 'idempotency-key': 'k1' }
  const first = await call('POST', '/templates', body, headers)
  const second = await call('POST', '/templates', body, headers)
  assert.deepEqual([first.status, second.status], [201, 201])
  assert.equal(first.json.id, second.json.id)
})

test('versions are listed, compared and taken back', async () => {
  const made = await create({ name: 'history', text: 'one {x}' })
  const path = `/templates/${made.id}`
  await call('PUT', path, { text: 'two', note: 'shorter' })
  const list = (await call('GET', `${path}/versions`)).json.data
  assert.deepEqual(
    list.map((each: { version: number; note: string }) => [each.version, each.note]),
    [
      [2, 'shorter'],
      [1, null],
    ],
  )
  assert.equal(list[0].created_by, 'test')
  const old = (await call('GET', `${path}/versions/1`)).json
  assert.deepEqual(old.locales, { en: { text: 'one {x}' } })
  assert.equal((await call('GET', `${path}/versions/9`)).status, 404)
  const diff = (await call('GET', `${path}/diff`)).json
  assert.deepEqual([diff.from, diff.to], [1, 2])
  assert.deepEqual(
    diff.hunks.map((hunk: { field: string }) => hunk.field),
    ['/locales/en/text', '/variables'],
  )
  assert.deepEqual(diff.hunks[0].lines, [
    { kind: 'removed', text: 'one {x}' },
    { kind: 'added', text: 'two' },
  ])
  const back = (await call('POST', `${path}/rollback`, { version: 1 })).json
  assert.deepEqual([back.version, back.text], [3, 'one {x}'])
  assert.deepEqual(back.variables, made.variables)
  assert.equal((await call('POST', `${path}/rollback`, { version: 7 })).status, 404)
})

test('a message takes the version that was in use when it was accepted', async () => {
  const made = await create({ name: 'in use', text: 'first' })
  const item = { recipient_id: 'ada', channel: 'sms', template_id: 'in use' }
  const version = async (id: string) => {
    const [row] = await db.engine`select template_version from messages where id = ${id}`
    return row?.['templateVersion']
  }
  assert.equal(await version(await engine.accept(item)), 1)
  await call('PUT', `/templates/${made.id}`, { text: 'second' })
  assert.equal(await version(await engine.accept(item)), 2)
})

test('a test shows what goes out, and names what is missing', async () => {
  const made = await create({
    name: 'shown',
    channel: 'email',
    subject: 'Hi {name}',
    html: '<a href="https://x.test/{{ id }}">go</a> <a href="{{ unsubscribe_url }}">out</a>',
    locales: { es: { subject: 'Hola {name}', text: '{id}' } },
  })
  const path = `/templates/${made.id}/test`
  const missing = await call('POST', path, {})
  assert.deepEqual(pointers(missing), ['/template_variables/name', '/template_variables/id'])
  const variables = { name: 'Ada', id: 7 }
  const shown = (await call('POST', path, { template_variables: variables })).json
  assert.equal(shown.subject, 'Hi Ada')
  assert.match(shown.html, /href="https:\/\/x\.test\/7"/)
  assert.ok(shown.links.includes('https://x.test/7'))
  assert.equal(shown.sent, null)
  const spanish = await call('POST', path, { template_variables: variables, locale: 'es-AR' })
  assert.deepEqual(
    [spanish.json.subject, spanish.json.html, spanish.json.text],
    ['Hola Ada', null, '7'],
  )
})

test('a draft is shown for a contact without being kept, and says what is missing', async () => {
  const made = await create({
    ...{ name: 'drafted', channel: 'email', subject: 'Old {x}', text: 'old' },
    locales: { he: { subject: 'ישן', text: 'ישן' } },
  })
  await engine.accept({ recipient_id: 'dora', channel: 'sms', message: 'x' })
  const path = `/templates/${made.id}/test`
  const html = '<p>{{ contact.name | default: "you" }}, {{ code }} {{ unsubscribe_url }}</p>'
  const draft = { subject: 'New', html, locales: { he: { subject: 'חדש' } } }
  const body = { draft, contact_id: 'dora', placeholders: true }
  const shown = (await call('POST', path, body)).json
  assert.deepEqual([shown.subject, shown.missing], ['New', ['code']])
  assert.match(shown.html, /you, \[code\]/)
  assert.equal((await call('POST', path, { ...body, locale: 'he' })).json.subject, 'חדש')
  assert.deepEqual(pointers(await call('POST', path, { draft })), ['/template_variables/code'])
  const broken = await call('POST', path, { draft: { html: '{% if %}' } })
  assert.deepEqual(pointers(broken), ['/html'])
  assert.equal((await call('POST', path, { ...body, contact_id: 'nobody' })).status, 404)
  const { version, text } = (await call('GET', `/templates/${made.id}`)).json
  assert.deepEqual([version, text], [1, 'old'])
})

test('a test may be sent: it leaves no message and spares suppressed addresses', async () => {
  const made = await create({ name: 'sent', channel: 'email', subject: 'x', text: 'y' })
  const path = `/templates/${made.id}/test`
  const count = async () => (await db.engine`select count(*)::int as n from messages`)[0]?.['n']
  const before = await count()
  const sent = async (to: string) => (await call('POST', path, { to })).json.sent
  assert.partialDeepStrictEqual(await sent('ada@EXAMPLE.com'), {
    ...{ status: 'sent', to: 'ada@example.com', subject: '[Test] x' },
    ...{ sender_name: 'sandbox', provider: 'sandbox' },
  })
  const failed = await sent('fail@example.com')
  assert.equal(failed.status, 'failed')
  assert.match(failed.detail, /refused this recipient/)
  assert.deepEqual(pointers(await call('POST', path, { to: 'nobody' })), ['/to'])
  const bounced = {
    kind: 'email',
    address: 'gone@example.com',
    reason: 'bounce',
    source: 'test',
  } as const
  await inWorkspace(db, workspaceId, (tx) => suppress(tx, workspaceId, bounced, clock.now()))
  assert.partialDeepStrictEqual(await sent('gone@example.com'), {
    status: 'failed',
    detail: 'The address is on the suppression list.',
  })
  assert.equal(await count(), before)
})

test('another workspace sees nothing of it', async () => {
  const made = await create({ name: 'private', text: 'x' })
  const stranger = server(await engine.addWorkspace('strangers'))
  for (const ref of [made.id, 'private']) {
    const path = `/templates/${ref}`
    for (const [method, url, body] of [
      ['GET', path],
      ['PUT', path, { text: 'y' }],
      ['DELETE', path],
      ['GET', `${path}/versions`],
      ['GET', `${path}/versions/1`],
      ['GET', `${path}/diff`],
      ['POST', `${path}/rollback`, { version: 1 }],
      ['POST', `${path}/test`, {}],
    ] as const) {
      assert.equal((await stranger(method, url, body)).status, 404, `${method} ${url}`)
    }
  }
  assert.deepEqual((await stranger('GET', '/templates')).json.data, [])
})

test('every change is in the audit log', async () => {
  const actions = await inWorkspace(
    db,
    workspaceId,
    (tx) => tx<{ action: string }[]>`select distinct action from audit_entries order by action`,
  )
  assert.deepEqual(
    actions.map(({ action }) => action).filter((action) => action.startsWith('template.')),
    ['template.archived', 'template.changed', 'template.created', 'template.rolled_back'],
  )
})
