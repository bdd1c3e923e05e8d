import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import pino from 'pino'
import { testDatabase } from '../../test/helpers/database.ts'
import { testServer } from '../../test/helpers/server.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { startJobs } from '../jobs/jobs.ts'
import { csvLine } from '../lib/csv.ts'
import { auditRoutes } from '../workspaces/audit/routes.ts'
import { importRoutes } from './importRoutes.ts'
import { contactJobs } from './jobs.ts'
import { contactRoutes } from './routes.ts'
import { runImport } from './runImport.ts'

const world = await testDatabase()
const { db, address } = world
const log = pino({ level: 'silent' })
// Makes the queues and runs nothing: the tests say when an import runs, and in how many places.
const jobs = await startJobs({ ownerAddress: address, handlers: contactJobs(db), log, work: false })
after(() => jobs.stop())

const callers = await testServer([importRoutes, contactRoutes, auditRoutes], { db })
const engines = await addWorkspace(world, 'analytical-engines', { defaultCountry: 'IL' })
const call = callers(engines)
const stranger = callers(await addWorkspace(world, 'looms'))
const going = new AbortController().signal

async function upload(file: string | Buffer, query = ''): Promise<string> {
  const answer = await call('POST', `/contacts/imports${query}`, file)
  assert.equal(answer.status, 202, answer.text)
  return answer.json.id
}

async function importAll(file: string | Buffer, query = '') {
  const id = await upload(file, query)
  await runImport(db, { workspaceId: engines, id }, going)
  return (await call('GET', `/contacts/imports/${id}`)).json
}

const contacts = async () => {
  const rows = await db.engine`
    select name, locale, time_zone, traits, tags,
      array(select kind || address from contact_addresses a where a.contact_id = c.id order by 1) as addresses
    from contacts c
    where workspace_id = ${engines}
    order by id
  `
  return rows.map((row) => ({ ...row }))
}

test('columns are recognised by their headers, and what is left becomes traits', async () => {
  const done = await importAll(
    'External ID;E-Mail;Phone Number;Full Name;Tags;Time Zone;Language;City\r\n' +
      'ada;ada@engines.test;050-123-4567;"Lovelace; Ada";first,second;Europe/London;en_gb;London\r\n',
  )
  assert.deepEqual(
    [done.status, done.rows, done.created, done.updated, done.failed],
    ['done', 1, 1, 0, 0],
  )
  const { json } = await call('GET', '/contacts/ada')
  assert.deepEqual(
    [json.name, json.email, json.phone, json.tags, json.time_zone, json.locale, json.traits],
    [
      'Lovelace; Ada',
      'ada@engines.test',
      '+972501234567',
      ['first', 'second'],
      'Europe/London',
      'en-GB',
      { City: 'London' },
    ],
  )
})

test('headers that every object has are names of traits like others', async () => {
  const names = ['constructor', 'toString', '__proto__', 'has_own_property', 'traits.valueOf']
  const done = await importAll(`external_id,${names.join(',')}\nproto,${names.join(',')}\n`)
  assert.deepEqual([done.status, done.created, done.failed], ['done', 1, 0], JSON.stringify(done))
  const { json } = await call('GET', '/contacts/proto')
  assert.equal(json.traits.constructor, 'constructor')
  assert.equal(json.traits.valueOf, 'traits.valueOf')
  assert.ok(!('polluted' in {}) && Object.keys(Object.prototype).length === 0)
})

test('a mapping names columns otherwise, and a file that says of nobody is refused with the reason', async () => {
  const mapping = encodeURIComponent(
    JSON.stringify({ Kontakt: 'email', Stadt: 'traits.city', Notiz: 'ignore' }),
  )
  const file = 'Kontakt,Stadt,Notiz\nmapped@engines.test,Berlin,x\n'
  assert.equal((await importAll(file, `?mapping=${mapping}`)).created, 1)
  const failed = await importAll(file)
  assert.equal(failed.status, 'failed')
  assert.match(failed.error, /No column holds.*Kontakt, Stadt, Notiz/)
  const misspelt = await importAll(file, `?mapping=${mapping.replace('Stadt', 'Stat')}`)
  assert.equal(misspelt.status, 'failed')
  assert.match(misspelt.error, /mapping names columns .*: Stat; found: Kontakt, Stadt, Notiz\./)
  const wrong = await call(
    'POST',
    `/contacts/imports?mapping=${encodeURIComponent('{"A":"nonsense"}')}`,
    file,
  )
  assert.deepEqual(wrong.json.errors[0].pointer, '/mapping/A')
})

test('bad rows fail alone, and are told by row and column, in CSV too', async () => {
  const done = await importAll(
    'email,phone,time zone,note\n' +
      'good@rows.test,,,\n' +
      'bad,,,\n' +
      ',12,,\n' +
      ',,,nobody\n' +
      'zone@rows.test,,Mars/Base,\n' +
      'also@rows.test,0501234568,UTC,"=cmd()"\n',
  )
  assert.deepEqual([done.created, done.failed, done.rows], [2, 4, 6])
  const places = done.failures.map((each: { row: number; column: string }) => [
    each.row,
    each.column,
  ])
  assert.deepEqual(places, [
    [3, 'email'],
    [4, 'phone'],
    [5, ''],
    [6, 'time zone'],
  ])
  const csv = await call('GET', `/contacts/imports/${done.id}/failures.csv`)
  assert.match(csv.text, /^row,column,reason\r\n3,email,This is not an email address\.\r\n/)
})

test('importing the same file again makes no new contacts and changes nothing', async () => {
  await importAll(
    'email,phone,name,plan\na@twice.test,,A,pro\n,+15005550006,B,\na@twice.test,,A2,free\n',
  )
  const before = await contacts()
  const again = await importAll(
    'email,phone,name,plan\na@twice.test,,A,pro\n,+15005550006,B,\na@twice.test,,A2,free\n',
  )
  assert.deepEqual([again.created, again.updated], [0, 3])
  assert.deepEqual(await contacts(), before)
})

test('whatever is in a file, importing it twice leaves the same contacts', async () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('', '=1+1', "'quoted", 'a"b', 'x\ny'),
  )
  const row = fc.tuple(
    fc.constantFrom('p@p.test', 'P@p.test', 'q@p.test', '', 'not an email'),
    fc.constantFrom('0501234567', '+972501234567', '', '12'),
    cell,
    cell,
    cell,
  )
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
      const file =
        csvLine(['email', 'phone', 'name', 'tags', 'note']) +
        rows.map((each) => csvLine(each)).join('')
      const first = await importAll(file)
      const before = await contacts()
      const second = await importAll(file)
      assert.deepEqual([second.created, second.failed], [0, first.failed])
      assert.deepEqual(await contacts(), before)
    }),
    { numRuns: 25 },
  )
})

const people = (n: number, domain: string) =>
  csvLine(['external_id', 'email']) +
  Array.from({ length: n }, (_, at) => csvLine([`${domain}-${at}`, `${at}@${domain}.test`])).join(
    '',
  )

const countOf = async (domain: string) => {
  const [row] = await db.engine`
    select count(*)::int as n from contact_identities where external_id like ${`${domain}-%`}
  `
  return row?.['n']
}

test('an import that is stopped goes on where it was, and takes each row once', async () => {
  const id = await upload(people(1_200, 'stopped'))
  await runImport(db, { workspaceId: engines, id }, AbortSignal.abort())
  const half = (await call('GET', `/contacts/imports/${id}`)).json
  assert.deepEqual([half.status, half.rows, await countOf('stopped')], ['running', 500, 500])
  const queued = await db.engine`select id from pgboss.job`
  assert.ok(queued.count >= 2, 'the rest is in the queue')
  await runImport(db, { workspaceId: engines, id }, going)
  const whole = (await call('GET', `/contacts/imports/${id}`)).json
  assert.deepEqual([whole.status, whole.rows, whole.created], ['done', 1_200, 1_200])
  const [row] = await db.engine`select content from imports where id = ${id}`
  assert.equal(row?.['content'], null)
})

test('two workers at once take each row once', async () => {
  const id = await upload(people(1_500, 'both'))
  const runs = [1, 2].map(() => runImport(db, { workspaceId: engines, id }, going))
  for (const run of await Promise.allSettled(runs))
    if (run.status === 'rejected') assert.equal(run.reason.code, 'unavailable')
  await runImport(db, { workspaceId: engines, id }, going)
  const { json } = await call('GET', `/contacts/imports/${id}`)
  assert.deepEqual([json.status, json.created, json.updated, json.failed], ['done', 1_500, 0, 0])
  assert.equal(await countOf('both'), 1_500)
})

test('the job of an import that another worker holds fails, so that it is tried again', async () => {
  const id = await upload(people(3, 'held'))
  const run = () => runImport(db, { workspaceId: engines, id }, going)
  await db.engine.begin(async (tx) => {
    await tx`select from imports where id = ${id} for update`
    await assert.rejects(run(), { code: 'unavailable' })
  })
  await run()
  const { json } = await call('GET', `/contacts/imports/${id}`)
  assert.deepEqual([json.status, json.created], ['done', 3])
})

test('the export guards formulas and comes back unchanged', async () => {
  await call('POST', '/contacts', {
    external_id: '=1+1',
    name: '@SUM(A1)',
    traits: { city: 'Tel "Aviv"' },
    tags: ['a', 'b'],
  })
  const before = (await call('GET', '/contacts/%3D1%2B1')).json
  const { text, headers } = await call('GET', '/contacts/export.csv')
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8')
  assert.match(text, /,"'=1\+1","'@SUM\(A1\)",/)
  const done = await importAll(text)
  assert.deepEqual([done.created, done.failed], [0, 0])
  await call('GET', '/contacts/export.csv?q=SUM')
  const [narrow, started, all] = (await call('GET', '/audit')).json.data
  assert.deepEqual(
    [narrow, started, all].map(({ action, target, details }) => [action, target, details]),
    [
      ['contact.list_exported', null, { filtered: true }],
      ['import.started', done.id, {}],
      ['contact.list_exported', null, { filtered: false }],
    ],
  )
  const { updated_at: _, ...after } = (await call('GET', '/contacts/%3D1%2B1')).json
  const { updated_at: __, ...was } = before
  assert.deepEqual(after, was)
})

test('an upload must be CSV of some length, and is seen by its workspace only', async () => {
  const id = await upload(people(1, 'own'))
  assert.equal((await stranger('GET', `/contacts/imports/${id}`)).status, 404)
  assert.equal((await stranger('GET', `/contacts/imports/${id}/failures.csv`)).status, 404)
  assert.equal((await call('POST', '/contacts/imports', { a: 1 })).status, 415)
  assert.equal((await call('POST', '/contacts/imports', '')).status, 400)
  assert.equal(
    (await call('POST', '/contacts/imports', Buffer.alloc(10 * 1024 * 1024 + 1))).status,
    413,
  )
  const key = { 'idempotency-key': 'upload-1' }
  const [one, two] = [
    await call('POST', '/contacts/imports', people(1, 'own'), key),
    await call('POST', '/contacts/imports', people(1, 'own'), key),
  ]
  assert.equal(one.json.id, two.json.id)
  assert.equal((await call('POST', '/contacts/imports', people(2, 'own'), key)).status, 422)
})

test('people who share one phone number are taken in, as many as they are, each for themselves', async () => {
  const rows = Array.from({ length: 1_200 }, (_, n) => `extension-${n},+97231234567`)
  const done = await importAll(`external_id,phone\n${rows.join('\n')}\n`)
  assert.deepEqual([done.status, done.created, done.failed], ['done', 1_200, 0])
})

test('Excel’s “Unicode text”, UTF-16 with a mark and tabs, is read as it is', async () => {
  const file = '\ufeffexternal_id\tFull Name\tCity\r\nunicode-1\tעדה לאבלייס\tחיפה\r\n'
  const done = await importAll(Buffer.from(file, 'utf16le'))
  assert.deepEqual([done.status, done.created, done.failed], ['done', 1, 0], JSON.stringify(done))
  const { json } = await call('GET', '/contacts/unicode-1')
  assert.deepEqual([json.name, json.traits], ['עדה לאבלייס', { City: 'חיפה' }])
})

test('a file in another encoding is refused with the way out, wherever it shows, and nothing is stored', async () => {
  const listed = async () => (await call('GET', '/contacts/imports?limit=1')).json.data
  const before = [await contacts(), await listed()]
  const legacy = Buffer.from('legacy,l\xe9on@legacy.test\n', 'latin1')
  const many = Buffer.concat([Buffer.from(people(1_200, 'legacy')), legacy])
  const inUtf16 = Buffer.concat([Buffer.from('\ufeffexternal_id\nodd', 'utf16le'), Buffer.of(0x61)])
  for (const file of [legacy, many, inUtf16]) {
    const answer = await call('POST', '/contacts/imports', file)
    assert.equal(answer.status, 422, answer.text)
    assert.match(answer.json.detail, /neither UTF-8 nor UTF-16. Save it as "CSV UTF-8"/)
  }
  assert.deepEqual([await contacts(), await listed()], before)
})
