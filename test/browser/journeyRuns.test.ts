/** Runs of a journey in the browser: what became of each, and what a person does about it. */
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { until } from '../helpers/until.ts'
import { expectAccessible } from './expectAccessible.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())

const content = { subject: 'Welcome', text: 'Good to have you.' }
const { id } = await world.call('POST', '/journeys', {
  ...{ name: 'welcome', trigger: { events: ['user.joined'] } },
  steps: [
    { id: 'note', type: 'send', channel: 'email', content },
    { id: 'day', type: 'wait', days: 1 },
  ],
})
await world.call('POST', `/journeys/${id}/enable`)
for (const [name, email] of [
  ['lead-a', 'fail@example.com'],
  ['lead-b', 'b@example.com'],
]) {
  await world.call('POST', '/contacts', { external_id: name, email })
  await world.call('POST', `/journeys/${id}/runs`, { contact_id: name, key: name })
}
const stateOf = async (key: string) =>
  (await world.call('GET', `/journeys/${id}/runs`)).data.find(
    (run: { key: string }) => run.key === key,
  )?.status
const becomes = (key: string, state: string) =>
  until(`${key} to be ${state}`, async () => (await stateOf(key)) === state || undefined)
await becomes('lead-a', 'failed')
await becomes('lead-b', 'waiting')

const rowOf = (page: Page, key: string) => page.getByRole('row').filter({ hasText: key })
async function decide(page: Page, key: string, deed: string) {
  await rowOf(page, key).getByRole('button', { name: deed }).click()
  await page.getByRole('dialog').getByRole('button', { name: deed }).click()
}

test('a run that failed says what it did, and goes on once its reason is mended', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${id}?tab=runs`)
  await rowOf(page, 'lead-a').getByRole('button', { name: 'Failed' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('heading', { name: 'What it sent' }).waitFor()
  await drawer.getByRole('link', { name: 'note' }).waitFor()
  await expectAccessible(page)
  await page.goBack()
  await drawer.waitFor({ state: 'detached' })

  const [contact] = (await world.call('GET', '/contacts?q=lead-a')).data
  await world.call('PUT', `/contacts/${contact.id}`, { email: 'mended@example.com' })
  await decide(page, 'lead-a', 'Try again')
  await becomes('lead-a', 'waiting')
  await page.context().close()
})

test('a run is held back, and let go on', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${id}?tab=runs`)
  await decide(page, 'lead-b', 'Hold it back')
  await becomes('lead-b', 'held')
  await decide(page, 'lead-b', 'Let it go on')
  await becomes('lead-b', 'waiting')
  await page.context().close()
})

test('the run that is open follows what becomes of it', async () => {
  const { data } = await world.call('GET', `/journeys/${id}/runs`)
  const run = data.find(({ key }: { key: string }) => key === 'lead-b')
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${id}?tab=runs&run=${run.id}`)
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Waiting', { exact: true }).waitFor()
  await world.call('POST', `/journeys/${id}/runs/${run.id}/hold`, {})
  await drawer.getByText('Held', { exact: true }).waitFor()
  await page.context().close()
})
