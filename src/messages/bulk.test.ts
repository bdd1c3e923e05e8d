import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestApp } from '../../test/helpers/app.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { addTenant } from '../../test/helpers/tenant.ts'
import { until } from '../../test/helpers/until.ts'

const app = await startTestApp(await testDatabase())
const inAYear = new Date(Date.now() + 365 * 86_400_000).toISOString()
const apple = await addTenant(app, 'apple')
const pear = await addTenant(app, 'pear')
const call = (method: string, path: string, body?: unknown) =>
  app.call(method, path, body, apple.key)

async function accept(to: string, more: object = {}) {
  const body = { channel: 'email', to, subject: 'Hi', message: 'Hi', ...more }
  const { json, text } = await call('POST', '/notifications', body)
  assert.ok(json.id, text)
  return String(json.id)
}
const reach = (id: string, ...wanted: string[]) =>
  until(wanted.join(), async () => {
    const { json } = await call('GET', `/notifications/${id}`)
    return wanted.includes(json.status) && json
  })

test('many are cancelled at once, each for itself', async () => {
  const later = { scheduled_at: inAYear }
  const waiting = [await accept('a@example.com', later), await accept('b@example.com', later)]
  const gone = await accept('c@example.com')
  await reach(gone, 'delivered')
  const { json } = await call('POST', '/notifications/cancel', {
    ids: [...waiting, gone, pear.message],
  })
  const found = new Map(json.data.map((each: { id: string }) => [each.id, each]))
  for (const id of waiting)
    assert.deepEqual(found.get(id), { id, status: 'cancelled', new_id: null, problem: null })
  const problems = json.data.filter(({ problem }: { problem: string | null }) => problem !== null)
  assert.deepEqual(
    problems.map(({ id }: { id: string }) => id).toSorted(),
    [gone, pear.message].toSorted(),
  )
})

test('many are sent again, as new messages', async () => {
  const ids = [await accept('d@example.com'), await accept('e@example.com')]
  for (const id of ids) await reach(id, 'delivered')
  const { json } = await call('POST', '/notifications/resend', { ids })
  for (const { status, new_id: made } of json.data) {
    assert.equal(status, 'queued')
    await reach(made, 'delivered')
  }
})

test('whoever looks at the outbox can play the recipient', async () => {
  const id = await accept('f@example.com', { html: '<p>Hi</p>' })
  await reach(id, 'delivered')
  const play = (deed: string) => call('POST', `/notifications/${id}/simulate`, { do: deed })
  for (const deed of ['open', 'reply']) assert.equal((await play(deed)).status, 200)
  await until('the open and the answer', async () => {
    const { json } = await call('GET', `/notifications/${id}`)
    const names = json.timeline.map(({ event }: { event: string }) => event)
    return names.includes('message.opened') && names.includes('message.replied')
  })
  assert.equal((await play('bounce')).json.status, 'bounced')
  assert.equal((await play('nonsense')).status, 422)
  const waiting = await accept('g@example.com', { scheduled_at: inAYear })
  const early = await call('POST', `/notifications/${waiting}/simulate`, { do: 'open' })
  assert.equal(early.status, 409)
})
