/** Replies, bounces, complaints and absences, told by API or as whole mails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { mac, trackingServer, trackingWorld } from '../../../test/helpers/trackingWorld.ts'
import { messageId as rfcId } from '../../lib/replies.ts'

const base = await testDatabase()
const { db } = base

async function start() {
  const world = await trackingWorld(base)
  const server = await trackingServer(base, world)
  const headers = { authorization: `Bearer ${world.workspaceId}` }
  const tell = async (body: object) => {
    const given = {
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    const answer = await server.fetch('POST', '/api/track/reply', given)
    return { status: answer.status, body: JSON.parse(answer.text) }
  }
  const upload = async (mail: string | Buffer) => {
    const given = { headers: { ...headers, 'content-type': 'message/rfc822' }, body: mail }
    const answer = await server.fetch('POST', '/inbound/messages', given)
    return { status: answer.status, body: JSON.parse(answer.text) }
  }
  const events = async (id: string) => {
    const rows = await db.engine<
      { name: string }[]
    >`select name from events where message_id = ${id} order by name`
    return rows.map((row) => row.name)
  }
  const state = async (id: string) => {
    const [row] = await db.engine<
      { status: string }[]
    >`select status from messages where id = ${id}`
    return row?.status
  }
  const suppressed = async () => {
    const rows = await db.engine<{ address: string; reason: string }[]>`
      select address, reason from suppressions where workspace_id = ${world.workspaceId}
    `
    return rows.map((row) => `${row.address} ${row.reason}`)
  }
  return { ...world, ...server, tell, upload, events, state, suppressed }
}

const idOf = (id: string) => rfcId(id, 'analytical.example', mac)

test('a reply is found by our id, by the headers, by recipient and by address', async () => {
  const { addMessage, tell, events } = await start()
  const older = await addMessage({ sentAgo: 7_200 })
  const newest = await addMessage()
  const ways = [
    [{ message_id: older, text: 'a' }, older],
    [{ in_reply_to: idOf(older), text: 'b' }, older],
    [{ references: [idOf(older), idOf(newest)], text: 'c' }, newest],
    [{ lead_id: 'ada', text: 'd' }, newest],
    [{ recipient_id: 'ada', text: 'e' }, newest],
    [{ email: 'Ada@Analytical.example', text: 'f' }, newest],
    [{ from: 'Ada <ada@analytical.example>', text: 'g' }, newest],
  ] as const
  for (const [body, id] of ways) {
    const answer = await tell(body)
    assert.deepEqual(
      [answer.status, answer.body.message_id, answer.body.kind],
      [200, id, 'reply'],
      JSON.stringify(body),
    )
  }
  assert.equal((await events(older)).length, 2)
  assert.equal((await events(newest)).length, 5)
})

test('the same reply again counts once', async () => {
  const { addMessage, tell, counts } = await start()
  const id = await addMessage()
  for (let nth = 0; nth < 3; nth++)
    await tell({ message_id: id, reply_id: 'r1', text: `Sounds good ${nth}` })
  for (let nth = 0; nth < 3; nth++) await tell({ message_id: id, text: 'Sounds good' })
  assert.equal((await counts())['replied'], 2)
})

test('an answer of a machine is no reply', async () => {
  const { addMessage, tell, events, counts } = await start()
  const id = await addMessage()
  const answer = await tell({
    message_id: id,
    subject: 'Automatic reply: Out of office',
    text: 'I am back on 9 March 2026.',
  })
  assert.equal(answer.body.kind, 'auto_reply')
  assert.equal(answer.body.until, '2026-03-09T00:00:00.000Z')
  assert.deepEqual(await events(id), ['message.auto_replied'])
  assert.equal((await counts())['replied'], undefined)
})

test('a reply that asks to be left alone is also an unsubscription', async () => {
  const { addMessage, tell, contactId } = await start()
  const answer = await tell({
    message_id: await addMessage(),
    text: 'Please remove me from your list.\n\n> Hi',
  })
  assert.equal(answer.body.unsubscribed, true)
  const states =
    await db.engine`select from consent_states where contact_id = ${contactId} and not granted`
  assert.equal(states.length, 1)
})

test('replies to nothing, to other workspaces and with unknown fields are refused', async () => {
  const { tell } = await start()
  const other = await trackingWorld(base)
  const id = await other.addMessage()
  assert.equal((await tell({ message_id: id, text: 'x' })).status, 404)
  assert.equal((await tell({ in_reply_to: idOf(id) })).status, 404)
  assert.equal((await tell({ email: 'nobody@x.example' })).status, 404)
  assert.equal((await tell({ text: 'x' })).status, 422)
  const wrong = await tell({ message_id: id, colour: 'red' })
  assert.equal(wrong.status, 422)
  assert.equal(wrong.body.errors[0].pointer, '/colour')
})

const dsn = (id: string, to: string, status: string, action = 'failed') =>
  [
    'From: MAILER-DAEMON@mx.example',
    'To: bounces@analytical.example',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'It could not be delivered.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    `Final-Recipient: rfc822; ${to}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; 550 ${status} user unknown`,
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${id}`,
    `To: ${to}`,
    '',
    '--b--',
    '',
  ].join('\r\n')

test('a hard bounce bounces the message and suppresses its address, once', async () => {
  const { addMessage, upload, state, suppressed, counts } = await start()
  const id = await addMessage()
  const mail = dsn(idOf(id), 'ada@analytical.example', '5.1.1')
  assert.deepEqual(await upload(mail), { status: 200, body: { kind: 'bounce', message_ids: [id] } })
  await upload(mail)
  assert.equal(await state(id), 'bounced')
  assert.deepEqual(await suppressed(), ['ada@analytical.example bounce'])
  assert.equal((await counts())['bounced'], 1)
})

test('a soft bounce is noted and suppresses nobody', async () => {
  const { addMessage, upload, state, suppressed, events } = await start()
  const id = await addMessage()
  const mail = dsn(idOf(id), 'ada@analytical.example', '4.2.2', 'delayed')
  await upload(mail)
  await upload(mail)
  assert.equal(await state(id), 'sent')
  assert.deepEqual(await suppressed(), [])
  assert.deepEqual(await events(id), ['message.deferred'])
})

test('a bounce without our id is about the newest message to that address of the last two days', async () => {
  const { addMessage, upload } = await start()
  const old = await addMessage({ sentAgo: 3 * 86_400 })
  const mail = dsn('<other@elsewhere.example>', 'ada@analytical.example', '5.1.1')
  assert.deepEqual((await upload(mail)).body.message_ids, [])
  const id = await addMessage()
  assert.deepEqual((await upload(mail)).body.message_ids, [id])
  assert.notEqual(id, old)
})

test("a bounce is found by the provider's id, with and without brackets", async () => {
  const { addMessage, upload } = await start()
  const id = await addMessage({ providerMessageId: 'abc@vendor.example' })
  await addMessage()
  const mail = dsn('<abc@vendor.example>', 'ada@analytical.example', '5.1.1')
  assert.deepEqual((await upload(mail)).body.message_ids, [id])
})

test('a complaint suppresses the address', async () => {
  const { addMessage, upload, suppressed, events } = await start()
  const id = await addMessage()
  const mail = [
    'From: fbl@provider.example',
    'Subject: complaint',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
    '',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: Some/1.0',
    'Version: 1',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    `Message-ID: ${idOf(id)}`,
    'From: us@analytical.example',
    'To: ada@analytical.example',
    '',
    'Hi',
    '--b--',
    '',
  ].join('\r\n')
  assert.deepEqual((await upload(mail)).body, { kind: 'complaint', message_ids: [id] })
  assert.deepEqual(await suppressed(), ['ada@analytical.example complaint'])
  assert.ok((await events(id)).includes('message.complained'))
})

test('an uploaded reply is a reply, an uploaded absence is none', async () => {
  const { addMessage, upload, events } = await start()
  const id = await addMessage()
  const mail = (more: readonly string[]) =>
    [
      'From: Ada <ada@analytical.example>',
      'Subject: Re: Hi',
      `In-Reply-To: ${idOf(id)}`,
      ...more,
      '',
      'Thank you!',
      '',
    ].join('\r\n')
  assert.deepEqual((await upload(mail([]))).body, { kind: 'reply', message_ids: [id] })
  assert.deepEqual((await upload(mail(['Auto-Submitted: auto-replied']))).body, {
    kind: 'auto_reply',
    message_ids: [id],
  })
  assert.deepEqual(await events(id), ['message.auto_replied', 'message.replied'])
})

test('what is no mail is 422, another type 415, too large 413', async () => {
  const { upload, fetch, workspaceId } = await start()
  assert.equal((await upload('hello')).status, 422)
  assert.equal((await upload(Buffer.from([0, 1, 2, 255]))).status, 422)
  assert.equal((await upload(Buffer.alloc(5 * 1024 * 1024 + 1, 'a'))).status, 413)
  const headers = { authorization: `Bearer ${workspaceId}`, 'content-type': 'application/json' }
  const refused = await fetch('POST', '/inbound/messages', { headers, body: '{}' })
  assert.equal(refused.status, 415)
  assert.match(refused.text, /Send the body as message\/rfc822\./)
  assert.equal(
    (
      await fetch('POST', '/inbound/messages', {
        headers: { 'content-type': 'message/rfc822' },
        body: 'x',
      })
    ).status,
    401,
  )
})

test('every route is documented', async () => {
  const { server } = await start()
  const paths = Object.keys(server.swagger().paths ?? {})
  for (const path of [
    '/api/track/reply',
    '/inbound/messages',
    '/callbacks',
    '/u/{token}',
    '/p/{token}',
    '/webhook/{provider}/{sender_id}',
    '/api/track/click/{click_id}',
  ]) {
    assert.ok(paths.includes(path), `${path} of ${paths.join(' ')}`)
  }
})

test('a click is noted on what was sent or may have been, and refused where nothing ever left', async () => {
  const { addMessage, fetch, workspaceId } = await start()
  const headers = { authorization: `Bearer ${workspaceId}` }
  const click = async (id: string) => {
    const { status, text } = await fetch('PUT', `/notifications/${id}/clicked`, { headers })
    return [status, JSON.parse(text).code]
  }
  for (const status of ['sent', 'delivered', 'bounced', 'sending', 'unknown', 'failed', 'queued'])
    assert.deepEqual(await click(await addMessage({ status })), [200, undefined], status)
  const never = ['scheduled', 'held', 'queued', 'failed', 'skipped', 'cancelled', 'expired']
  for (const status of never) {
    const id = await addMessage({ status })
    await db.engine`update messages set sent_at = null where id = ${id}`
    assert.deepEqual(await click(id), [409, 'conflict'], status)
    await db.engine`update messages set attempt = 1 where id = ${id}`
    assert.deepEqual(await click(id), [200, undefined], `${status}, tried`)
  }
})
