/** What recipients can do with the links in our emails, over real HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { trackingServer, trackingWorld } from '../../../test/helpers/trackingWorld.ts'
import { connect } from '../../db/db.ts'

const base = await testDatabase()
const { db } = base
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const ONE_CLICK = 'List-Unsubscribe=One-Click'

async function start() {
  const world = await trackingWorld(base)
  const server = await trackingServer(base, world)
  const states = async () => {
    const rows = await db.engine<{ topic: string; channel: string; granted: boolean }[]>`
      select topic, channel, granted from consent_states where contact_id = ${world.contactId} order by topic, channel
    `
    return rows.map((row) => `${row.granted ? '+' : '-'}${row.topic}/${row.channel}`)
  }
  const number = async (table: 'consents' | 'events') => {
    const rows =
      await db.engine`select from ${db.engine(table)} where workspace_id = ${world.workspaceId}`
    return rows.length
  }
  return { ...world, ...server, states, number }
}

test('opening the links changes nothing, by any method that only reads', async () => {
  const { addMessage, sign, fetch, states, number } = await start()
  const id = await addMessage()
  for (const path of [`/u/${sign('unsubscribe', id)}`, `/p/${sign('preferences', id)}`]) {
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await fetch(method, path)
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['set-cookie'], undefined)
    }
  }
  assert.deepEqual(await states(), [])
  assert.equal(await number('events'), 0)
})

test('the page speaks the language of the contact and runs no script', async () => {
  const { addMessage, sign, fetch } = await start()
  const id = await addMessage()
  const answer = await fetch('GET', `/u/${sign('unsubscribe', id)}`)
  assert.match(answer.text, /<html lang="he" dir="rtl">/)
  assert.match(answer.text, /<bdi>News<\/bdi>/)
  assert.match(answer.text, /a•••@analytical\.example/)
  assert.doesNotMatch(answer.text, /<script|ada@/)
  const policy = String(answer.headers['content-security-policy'])
  const nonce = /style-src 'nonce-([^']+)'/.exec(policy)?.[1]
  assert.ok(nonce && answer.text.includes(`nonce="${nonce}"`))
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe|script/)
  const again = await fetch('GET', `/u/${sign('unsubscribe', id)}`)
  assert.notEqual(again.headers['content-security-policy'], policy)
})

test('the pages carry the brand of their workspace, and ask no other address for it', async () => {
  const { addMessage, sign, fetch, workspaceId } = await start()
  const id = await addMessage()
  const logo = 'data:image/png;base64,iVBORw0KGgo='
  await db.engine`
    update workspaces set brand_color = '#aa3300', logo = ${logo} where id = ${workspaceId}
  `
  for (const path of [`/u/${sign('unsubscribe', id)}`, `/p/${sign('preferences', id)}`]) {
    const { text, headers } = await fetch('GET', path)
    assert.match(text, /--brand:#aa3300/)
    assert.ok(text.includes(`<img src="${logo}" alt="">`))
    assert.match(String(headers['content-security-policy']), /img-src data:;/)
  }
})

test('one click unsubscribes from the topic of the message, once, however often it is said', async () => {
  const { addMessage, sign, fetch, states, number, counts } = await start()
  const path = `/u/${sign('unsubscribe', await addMessage())}`
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => fetch('POST', path, { headers: FORM, body: ONE_CLICK })),
  )
  for (const answer of answers) {
    assert.equal(answer.status, 200)
    assert.match(String(answer.headers['content-type']), /^text\/plain/)
    assert.equal(answer.headers['set-cookie'], undefined)
  }
  assert.deepEqual(await states(), ['-news/*'])
  assert.deepEqual(await counts(), { unsubscribed: 1 })
  assert.equal(await number('consents'), 1)
})

test('one click may come as multipart', async () => {
  const { addMessage, sign, fetch, states } = await start()
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  const body =
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
  const answer = await fetch('POST', `/u/${sign('unsubscribe', await addMessage())}`, {
    headers,
    body,
  })
  assert.equal(answer.status, 200)
  assert.deepEqual(await states(), ['-news/*'])
})

test('one click on a link that we do not know is answered 200 and changes nothing', async () => {
  const { addMessage, sign, fetch, states } = await start()
  const id = await addMessage()
  const forged = sign('unsubscribe', id).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
  const gone = sign('unsubscribe', '01990000-0000-7000-8000-000000000000')
  for (const token of [forged, gone, sign('preferences', id), sign('open', id), 'x']) {
    const answer = await fetch('POST', `/u/${token}`, { headers: FORM, body: ONE_CLICK })
    assert.equal(answer.status, 200, token)
    assert.equal((await fetch('GET', `/u/${token}`)).status, 404)
  }
  assert.deepEqual(await states(), [])
})

test('a message without a topic unsubscribes from everything', async () => {
  const { addMessage, sign, fetch, states } = await start()
  await fetch('POST', `/u/${sign('unsubscribe', await addMessage({ topic: null }))}`, {
    headers: FORM,
    body: ONE_CLICK,
  })
  assert.deepEqual(await states(), ['-*/*'])
})

test('the button unsubscribes and the way back leads back', async () => {
  const { addMessage, sign, fetch, states } = await start()
  const path = `/u/${sign('unsubscribe', await addMessage())}`
  const done = await fetch('POST', path, { headers: FORM, body: 'action=unsubscribe' })
  assert.equal(done.status, 200)
  assert.match(done.text, /value="resubscribe"/)
  assert.ok(done.text.includes(`action="${path}"`))
  base.clock.forward({ seconds: 1 })
  await fetch('POST', path, { headers: FORM, body: 'action=resubscribe' })
  assert.deepEqual(await states(), ['+news/*'])
  base.clock.forward({ seconds: 1 })
  await fetch('POST', path, { headers: FORM, body: ONE_CLICK })
  assert.ok((await states()).includes('-news/*'))
})

test('a post that says nothing we know changes nothing', async () => {
  const { addMessage, sign, fetch, states } = await start()
  const path = `/u/${sign('unsubscribe', await addMessage())}`
  assert.equal(
    (await fetch('POST', path, { headers: FORM, body: 'List-Unsubscribe=Maybe' })).status,
    400,
  )
  assert.equal((await fetch('POST', path)).status, 400)
  assert.equal(
    (await fetch('POST', path, { headers: { 'content-type': 'application/json' }, body: '{}' }))
      .status,
    400,
  )
  assert.deepEqual(await states(), [])
})

test('preferences are shown, saved, and everything can be left and joined again', async () => {
  const { addMessage, sign, fetch, states } = await start()
  const path = `/p/${sign('preferences', await addMessage())}`
  const shown = await fetch('GET', path)
  assert.equal(shown.text.match(/ checked/g)?.length, 2)

  const saved = await fetch('POST', path, {
    headers: FORM,
    body: 'action=save&topic=news&topic=nonsense',
  })
  assert.match(saved.text, /role="status"/)
  assert.deepEqual(await states(), ['-offers/*'])

  base.clock.forward({ seconds: 1 })
  const left = await fetch('POST', path, { headers: FORM, body: 'action=unsubscribe_all' })
  assert.doesNotMatch(left.text, / checked/)
  assert.ok((await states()).includes('-*/*'))

  base.clock.forward({ seconds: 1 })
  const back = await fetch('POST', path, { headers: FORM, body: 'action=save&topic=offers' })
  assert.equal(back.text.match(/ checked/g)?.length, 1)
  const now = await states()
  assert.ok(
    now.includes('+*/*') && now.includes('+offers/*') && now.includes('-news/*'),
    now.join(),
  )
})

test('a message to a bare address unsubscribes whoever has the address', async () => {
  const { addMessage, sign, fetch, states } = await start()
  const id = await addMessage({ contactId: null })
  await fetch('POST', `/u/${sign('unsubscribe', id)}`, { headers: FORM, body: ONE_CLICK })
  assert.ok((await states()).includes('-news/*'))
})

test('forms are taken nowhere else', async () => {
  const { fetch, workspaceId } = await start()
  const headers = { ...FORM, authorization: `Bearer ${workspaceId}` }
  assert.equal((await fetch('POST', '/api/track/reply', { headers, body: 'from=x' })).status, 415)
})

test('while the database is away the answer is 503, so that mailers come again', async () => {
  const world = await trackingWorld(base)
  const nowhere = connect(
    { url: 'postgres://nobody@127.0.0.1:1/none' },
    { max: 2, connect_timeout: 1 },
  )
  const { fetch } = await trackingServer(base, world, {
    db: { ...db, app: nowhere, engine: nowhere },
  })
  const path = `/u/${world.sign('unsubscribe', await world.addMessage())}`
  const answer = await fetch('POST', path, { headers: FORM, body: ONE_CLICK })
  assert.equal(answer.status, 503)
  assert.ok(Number(answer.headers['retry-after']) > 0)
  assert.equal((await fetch('GET', path)).status, 503)
})

test('many guessed links are told to wait, while a good one works', async () => {
  const { addMessage, sign, fetch } = await start()
  const good = sign('preferences', await addMessage())
  const statuses = []
  for (let n = 0; n < 62; n++) statuses.push((await fetch('GET', `/p/${n}`)).status)
  assert.deepEqual([statuses[0], statuses[59], statuses[61]], [404, 404, 429])
  assert.equal((await fetch('GET', `/p/${good}`)).status, 200)
})
