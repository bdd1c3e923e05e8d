/** WhatsApp as a conversation: the whole program and a fake Meta that calls it back. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { META_PHONE_ID, META_TOKEN, startMeta } from './fakes/startMeta.ts'
import { INSTANCE_KEY, startTestApp } from './helpers/app.ts'
import { testDatabase } from './helpers/database.ts'
import { until } from './helpers/until.ts'

const meta = await startMeta()
after(() => meta.close())
await meta.set({ appSecret: 'an app secret', templates: ['welcome'] })
const database = await testDatabase()
const app = await startTestApp(database, {
  META_API_TOKEN: META_TOKEN,
  META_PHONE_ID,
  META_APP_SECRET: 'an app secret',
  META_BASE_URL: meta.baseUrl,
  ADMIN_SECRET: 'a verify token',
})
const key = { authorization: `Bearer ${INSTANCE_KEY}` }
const hook = `${app.url}/webhook/meta`
let people = 0
const person = () => `97250123${String(5_500 + ++people)}`

async function send(
  to: string,
  more: object = { metadata: { whatsapp: { template: 'welcome' } } },
) {
  const body = { channel: 'whatsapp', to: `+${to}`, message: 'Hello', ...more }
  const { status, json, text } = await app.call('POST', '/notifications', body, key)
  assert.equal(status, 202, text)
  return String(json.id)
}
const messageOf = async (id: string) =>
  (await app.call('GET', `/notifications/${id}`, undefined, key)).json
const namesOf = async (id: string): Promise<string[]> =>
  (await messageOf(id)).timeline.map((each: { event: string }) => each.event)
const has = (id: string, name: string) =>
  until(name, async () => (await namesOf(id)).includes(name), 20_000)
const vendorsId = (to: string) =>
  until('the message at Meta', async () => {
    const { messages } = await meta.tell()
    return messages.findLast((each) => each.to === to)?.id
  })

test('statuses in any order, several in a body and repeated, end in what is true', async () => {
  const [one, two] = [person(), person()]
  const [first, second] = [await send(one), await send(two)]
  const [a, b] = [await vendorsId(one), await vendorsId(two)]
  await until('the sending', async () => (await messageOf(second)).status === 'sent')
  const early = Math.floor(Date.now() / 1_000) - 5
  const statuses = [
    { id: a, status: 'read', recipient_id: one, timestamp: early + 1 },
    { id: b, status: 'delivered', recipient_id: two, timestamp: early },
    { id: a, status: 'delivered', recipient_id: one, timestamp: early },
    { id: a, status: 'sent', recipient_id: one, timestamp: early },
  ] as const
  for (let n = 0; n < 3; n++) assert.equal(await meta.report(hook, statuses), 200)
  await has(first, 'message.opened')
  await has(second, 'message.delivered')
  assert.deepEqual(
    [(await messageOf(first)).status, (await messageOf(second)).status],
    ['delivered', 'delivered'],
  )
  const names = await namesOf(first)
  for (const name of ['message.delivered', 'message.opened'])
    assert.equal(names.filter((each) => each === name).length, 1, names.join())
})

test('a status that comes before our own answer was noted finds its message', async () => {
  const to = person()
  await meta.set({ faults: [{ status: 0, times: 1, to }] }) // taken, and the answer is lost
  const id = await send(to)
  await until('not knowing', async () => (await messageOf(id)).status === 'unknown')
  const { messages } = await meta.tell()
  const sent = messages.find((each) => each.to === to)
  assert.ok(sent)
  const ours = String(sent.body['biz_opaque_callback_data'])
  assert.equal(ours, id)
  await meta.report(hook, [{ id: sent.id, status: 'delivered', biz_opaque_callback_data: ours }])
  await until('the truth', async () => (await messageOf(id)).status === 'delivered')
})

test('free text that Meta took and could not deliver goes again as the template', async () => {
  const to = person()
  await meta.write(hook, { from: to, text: 'Hi' })
  await until('what they wrote', async () => {
    const { json } = await app.call('GET', '/callbacks?limit=5', undefined, key)
    return json.data[0].status === 'processed'
  })
  await meta.set({ wrote: {}, lateRefusals: true })
  const id = await send(to)
  const first = await vendorsId(to)
  await until('the sending', async () => (await messageOf(id)).status === 'sent')
  const errors = [{ code: 131047, title: 'Re-engagement message' }]
  await meta.report(hook, [{ id: first, status: 'failed', errors }])
  await meta.report(hook, [{ id: first, status: 'failed', errors }])
  await until('the second try', async () => (await vendorsId(to)) !== first, 30_000)
  await until('the sending', async () => (await messageOf(id)).status === 'sent', 30_000)
  const types = (await meta.tell()).messages
    .filter((each) => each.to === to)
    .map(({ type }) => type)
  assert.deepEqual(types, ['text', 'template'])
  await meta.set({ lateRefusals: false })
})

test('what Meta would not take is refused at once, by its field', async () => {
  const whatsapp = { template: 'welcome', parameters: ['a', 7], buttons: [{ id: 'y', title: '' }] }
  const message = {
    channel: 'whatsapp',
    to: '+972501230000',
    message: 'Hi',
    metadata: { whatsapp },
  }
  const { status, json } = await app.call('POST', '/notifications', message, key)
  assert.equal(status, 422)
  assert.deepEqual(
    json.errors.map((each: { pointer: string }) => each.pointer),
    ['/metadata/whatsapp/parameters/1', '/metadata/whatsapp/buttons/0/title'],
  )
  const [second] = (await app.call('POST', '/notifications', [message], key)).json.errors
  assert.equal(second.pointer, '/0/metadata/whatsapp/parameters/1')
})

test('somebody without a number is known by the vendor’s id, and answers find the message', async () => {
  const fromUserId = 'IL.13491208655302741918'
  assert.equal(await meta.write(hook, { fromUserId, text: 'Hello', name: 'Noa' }), 200)
  const contact = await until('the contact', async () => {
    const { json } = await app.call('GET', '/contacts?limit=100', undefined, key)
    return json.data.find((each: { name: string }) => each.name === 'Noa')
  })
  const { json } = await app.call('GET', `/contacts/${contact.id}/timeline`, undefined, key)
  assert.equal(json.data[0].name, 'message.received')
  assert.equal(json.data[0].properties.text, 'Hello')
  const journey = {
    name: 'answer-by-id',
    trigger: { api: true },
    steps: [{ id: 'hi', type: 'send', channel: 'whatsapp', content: { text: 'Hello, Noa' } }],
  }
  assert.equal((await app.call('POST', '/journeys', journey, key)).status, 201)
  await app.call('POST', '/journeys/answer-by-id/enable', undefined, key)
  await app.call('POST', '/journeys/answer-by-id/runs', { contact_id: contact.id }, key)
  const sent = await until('the answer', async () =>
    (await meta.tell()).messages.find(({ body }) => JSON.stringify(body).includes('Hello, Noa')),
  )
  assert.equal(sent.to, fromUserId)
})

test('an answer is a reply, a reaction is none, a stop word ends all messages', async () => {
  const to = person()
  const id = await send(to)
  const first = await vendorsId(to)
  await until('the sending', async () => (await messageOf(id)).status === 'sent')
  await meta.write(hook, { from: to, type: 'reaction', text: '👍', answers: first })
  await meta.write(hook, { from: to, text: 'Tell me more', answers: first })
  await has(id, 'message.replied')
  assert.equal((await namesOf(id)).filter((name) => name === 'message.replied').length, 1)
  await meta.write(hook, { from: to, text: 'STOP' })
  await until('the suppression', async () => {
    const { json } = await app.call('GET', '/suppressions?limit=100', undefined, key)
    return json.data.some((each: { address: string }) => each.address === `+${to}`)
  })
  const refused = await send(to)
  await until('the skip', async () => (await messageOf(refused)).status === 'skipped')
})

test('who has another number now is written to there, and left alone there if they asked for it', async () => {
  const phones = async (id: string) => {
    const { json } = await app.call('GET', `/contacts/${id}`, undefined, key)
    return json.addresses.map(({ address, primary }: { address: string; primary: boolean }) => [
      ...[address, primary],
    ])
  }
  for (const stops of [false, true]) {
    const [from, to] = [person(), person()]
    const who = { recipient_id: `mover-${stops}`, metadata: { whatsapp: { template: 'welcome' } } }
    const id = await send(from, who)
    await until('the sending', async () => (await messageOf(id)).status === 'sent')
    const contactId = (await messageOf(id)).contact_id
    if (stops) await meta.write(hook, { from, text: 'STOP' })
    const text = `User Ada changed from ${from} to ${to}`
    await meta.write(hook, { from, type: 'system', text, movedTo: to })
    await until('the new number', async () => (await phones(contactId)).length === 2)
    assert.deepEqual((await phones(contactId)).sort(), [
      [`+${from}`, false],
      [`+${to}`, true],
    ])
    const next = await send(to, stops ? {} : { ...who, to: undefined })
    const ends = stops ? 'skipped' : 'sent'
    await until(ends, async () => (await messageOf(next)).status === ends)
    assert.equal(
      (await meta.tell()).messages.findLast((each) => each.to === to) === undefined,
      stops,
    )
  }
})

const callbacks = async (): Promise<{ id: string; status: string; reason: string | null }[]> =>
  (await app.call('GET', '/callbacks?limit=100', undefined, key)).json.data

test('what is for another number is kept and shown, and can be processed again', async () => {
  const { phoneId } = await meta.tell()
  await meta.set({ phoneId: '999' })
  assert.equal(await meta.write(hook, { from: person(), text: 'For whom?' }), 200)
  await meta.set({ phoneId })
  const [kept] = await until('its end', async () => {
    const found = (await callbacks()).filter(({ reason }) =>
      /none of the senders/.test(reason ?? ''),
    )
    return found.length > 0 && found
  })
  assert.equal(kept?.status, 'processed')
  const bad = await fetch(hook, { method: 'POST', body: '{' })
  assert.equal(bad.status, 403)
  const settings = { token: META_TOKEN, phone_number_id: '999' }
  const sender = { channel: 'whatsapp', provider: 'whatsapp', name: 'Second number', settings }
  const made = await app.call('POST', '/providers', sender, key)
  assert.equal(made.status, 201, made.text)
  const again = await app.call('POST', `/callbacks/${kept!.id}/process`, {}, key)
  assert.equal(again.status, 202, again.text)
  await until('it to be understood', async () => {
    const found = (await callbacks()).find(({ id }) => id === kept!.id)
    return found?.status === 'processed' && found.reason === null
  })
  const { id } = made.json
  assert.equal((await app.call('DELETE', `/providers/${id}`, undefined, key)).status, 204)
})

test('a status of a message that is not ours does not hold up the others', async () => {
  const to = person()
  const id = await send(to)
  const ours = await vendorsId(to)
  await until('the sending', async () => (await messageOf(id)).status === 'sent')
  const statuses = ['wamid.nobodys', ours].map((each) => ({
    id: each,
    status: 'delivered' as const,
  }))
  await meta.report(hook, statuses)
  await until('what is known', async () => (await messageOf(id)).status === 'delivered', 1_500)
  const waiting = (await callbacks()).find(({ status }) => status === 'received')
  assert.match(waiting?.reason ?? '', /1 receipt is about a message that is not known/)
})

test('who is spelled in another way by Meta, or changes to a user name, stays one person', async () => {
  const [to, waId] = ['5491123450001', '541123450001'] // Meta leaves out the 9 of Argentina's mobile phones
  const id = await send(to)
  const first = await vendorsId(to)
  await until('the sending', async () => (await messageOf(id)).status === 'sent')
  await meta.report(hook, [{ id: first, status: 'delivered', recipient_id: waId }])
  await has(id, 'message.delivered')
  await meta.write(hook, { from: waId, text: 'Hola' })
  await has(id, 'message.replied')
  await meta.write(hook, { from: waId, fromUserId: 'AR.77', text: 'Soy yo' })
  await meta.write(hook, { fromUserId: 'AR.77', text: 'Sin número' })
  const replies = async () =>
    (await namesOf(id)).filter((name) => name === 'message.replied').length
  await until('all three', async () => (await replies()) === 3)
  await meta.set({ wrote: { [to]: Date.now() } })
  const second = await send(to)
  await until('the second', async () => (await messageOf(second)).status === 'sent', 30_000)
  const last = (await meta.tell()).messages.findLast((each) => each.to === to)
  assert.equal(last?.type, 'text') // for they have written
})

test('131049 that comes late lets the person rest for a day', async () => {
  const to = person()
  const id = await send(to)
  const first = await vendorsId(to)
  await until('the sending', async () => (await messageOf(id)).status === 'sent')
  const errors = [{ code: 131049, title: 'Healthy ecosystem' }]
  await meta.report(hook, [{ id: first, status: 'failed', errors }])
  await until('the failure', async () => (await messageOf(id)).status === 'failed')
  const next = await send(to)
  await until('the rest', async () => (await messageOf(next)).error === 'recipient_rests', 30_000)
  const sent = (await meta.tell()).messages.filter((each) => each.to === to)
  assert.equal(sent.length, 1)
})

test('files and buttons go as what they are, and a pressed button is an answer', async () => {
  const to = person()
  await meta.write(hook, { from: to, text: 'Hi' })
  const link = 'https://files.example.com/offer.pdf'
  const media = { type: 'document', link, filename: 'offer.pdf' }
  const id = await send(to, { metadata: { whatsapp: { media } } })
  await until('the file', async () => (await messageOf(id)).status === 'sent', 30_000)
  const buttons = [{ id: 'yes', title: 'Yes' }]
  const asked = await send(to, { metadata: { whatsapp: { buttons } } })
  await until('the question', async () => (await messageOf(asked)).status === 'sent', 30_000)
  const sent = (await meta.tell()).messages.filter((each) => each.to === to)
  assert.deepEqual(
    sent.map(({ type }) => type),
    ['document', 'interactive'],
  )
  await meta.write(hook, { from: to, type: 'button', text: 'Yes', answers: sent[1]!.id })
  await has(asked, 'message.replied')
})

test('who is forgotten leaves no trace of when they wrote', async () => {
  const to = person()
  await meta.write(hook, { from: to, text: 'Hi', name: 'To be forgotten' })
  const rows = () =>
    database.db
      .engine`select from conversations where address = ${`+${to}`} and inbound_at is not null`
  await until('the note', async () => (await rows()).length === 1)
  const { json } = await app.call('GET', '/contacts?limit=100', undefined, key)
  const { id } = json.data.find((each: { name: string }) => each.name === 'To be forgotten')
  const erased = await app.call('DELETE', `/contacts/${id}?erase=true`, undefined, key)
  assert.equal(erased.status, 200, erased.text)
  assert.equal((await rows()).length, 0)
})

test('requests are as Meta has them', async () => {
  assert.deepEqual((await meta.tell()).complaints, [])
})

test('META_BASE_URL holds for a sender that a member makes, unless its settings name another address', async () => {
  const settings = { token: META_TOKEN, phone_number_id: META_PHONE_ID }
  const body = { channel: 'whatsapp', provider: 'whatsapp', name: 'Made by hand', settings }
  const made = await app.call('POST', '/providers', body, key)
  assert.equal(made.status, 201, made.text)
  assert.equal(made.json.settings.base_url, 'https://graph.facebook.com')
  const at = `/providers/${made.json.id}`
  const checked = await app.call('POST', `${at}/check`, undefined, key)
  assert.equal(checked.json.ok, true, checked.text)

  const ours = { settings: { ...settings, base_url: meta.baseUrl } }
  assert.equal((await app.call('PUT', at, ours, key)).status, 422)
  const elsewhere = { settings: { ...settings, base_url: 'https://meta.invalid' } }
  assert.equal((await app.call('PUT', at, elsewhere, key)).status, 200)
  assert.equal((await app.call('POST', `${at}/check`, undefined, key)).json.ok, false)
  assert.equal((await app.call('DELETE', at, undefined, key)).status, 204)
})
