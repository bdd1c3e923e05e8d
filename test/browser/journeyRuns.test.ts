/** Runs of a journey in the browser: what became of each, and what a person does about it. */
import assert from 'node:assert/strict'
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
  const log = drawer.getByRole('region', { name: 'What became of it' })
  await log.getByText('Failed here').waitFor()
  await log.getByRole('link', { name: 'The message' }).waitFor()
  await expectAccessible(page)
  await page.goBack()
  await drawer.waitFor({ state: 'detached' })

  const [contact] = (await world.call('GET', '/contacts?q=lead-a')).data
  await world.call('PUT', `/contacts/${contact.id}`, { email: 'mended@example.com' })
  await decide(page, 'lead-a', 'Try again')
  await becomes('lead-a', 'waiting')
  await page.context().close()
})

test('each number of a step leads to the people whom it counts', async () => {
  const page = await world.enter()
  const steps = `${world.url}/app/journeys/${id}`
  const people = async (number: string, title: string, keys: string[]) => {
    await page.goto(steps)
    await page.getByRole('button', { name: number }).click()
    const list = page.getByRole('region', { name: title })
    await rowOf(page, keys[0] ?? '').waitFor()
    const rows = await list.getByRole('row').allInnerTexts()
    const found = ['lead-a', 'lead-b'].filter((key) => rows.some((row) => row.includes(key)))
    assert.deepEqual(found, keys)
  }
  await people('day: 2 here', 'Waiting at day', ['lead-a', 'lead-b'])
  await people('note: 3 left', 'Left note', ['lead-a', 'lead-b'])
  await page.getByRole('button', { name: 'All runs' }).click()
  await rowOf(page, 'lead-a').getByRole('button', { name: 'Waiting' }).click()
  const log = page.getByRole('dialog').getByRole('region', { name: 'What became of it' })
  await log.getByText('Tried again').waitFor()
  assert.match(await log.innerText(), /Began.+Failed here.+Tried again.+Went on.+Waiting/s)
  await expectAccessible(page)
  await page.goto(`${steps}?tab=list`)
  await page.getByRole('button', { name: 'note: 3 left' }).waitFor()
  await expectAccessible(page)
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
  await drawer.getByText('Waiting', { exact: true }).first().waitFor()
  await world.call('POST', `/journeys/${id}/runs/${run.id}/hold`, {})
  await drawer.getByText('Held', { exact: true }).first().waitFor()
  await page.context().close()
})

test('a draft is tried with what happens meanwhile, before there is a journey', async () => {
  const { id: draft } = await world.call('POST', '/journey-drafts', {
    document: {
      ...{ name: 'paid', trigger: { events: ['user.joined'] } },
      steps: [
        {
          id: 'paid',
          type: 'wait_for',
          event: 'order.paid',
          for: { days: 3 },
          on_timeout: 'remind',
        },
        { id: 'thanks', type: 'send', channel: 'email', content, next: null },
        { id: 'remind', type: 'send', channel: 'email', content: { ...content, subject: 'Well?' } },
      ],
    },
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/new?draft=${draft}&tab=simulate`)
  const path = page.getByRole('list', { name: 'Its path' })
  await page.getByRole('button', { name: 'Go through it' }).click()
  await path.getByText('order.paid did not come.').waitFor()
  await path.getByText('Well?').first().waitFor()
  await page.getByRole('checkbox', { name: 'order.paid' }).check()
  const paid = page.getByRole('group', { name: 'order.paid' })
  await paid.getByLabel('hours after the start').fill('5')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Go through it' }).click()
  await path.getByText('order.paid came.').waitFor()
  assert.equal(await path.getByText('Well?').count(), 0)
  await page.context().close()
})

test('a draft that does not say rightly yet what begins it can be opened under “Try it” too', async () => {
  const page = await world.enter()
  for (const trigger of [undefined, { events: 'user.joined' }]) {
    const document = { trigger, exit_on: 'left', steps: [{ id: 'pause', type: 'wait' }] }
    const { id: draft } = await world.call('POST', '/journey-drafts', { document })
    await page.goto(`${world.url}/app/journeys/new?draft=${draft}&tab=simulate`)
    await page.getByRole('button', { name: 'Go through it' }).click()
    await page.getByRole('tabpanel').getByRole('alert').waitFor()
  }
  await page.context().close()
})

test('a journey is tried with the properties of what begins it, and of what comes later', async () => {
  const { id: draft } = await world.call('POST', '/journey-drafts', {
    document: {
      name: 'plans',
      trigger: {
        events: ['plan.changed'],
        where: { field: 'event.plan', is: 'equals', value: 'team' },
      },
      steps: [
        {
          ...{ id: 'paid', type: 'wait_for', event: 'order.paid', for: { days: 3 } },
          where: { field: 'event.amount', is: 'greater', value: 10 },
        },
        {
          ...{ id: 'thanks', type: 'send', channel: 'email' },
          content: { subject: 'Plan {{ event.plan }} by {{ event.by.name }}', text: 'Thanks.' },
        },
      ],
    },
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/new?draft=${draft}&tab=simulate`)
  const go = page.getByRole('button', { name: 'Go through it' })
  await go.click()
  await page.getByText('The condition of the trigger does not hold.').waitFor()
  await page.getByLabel('plan', { exact: true }).fill('team')
  await page.getByLabel('by.name').fill('Ada')
  await page.getByLabel('Another property').fill('seats')
  await page.keyboard.press('Enter')
  await page.getByLabel('seats').fill('7')
  await page.getByRole('checkbox', { name: 'order.paid' }).check()
  await page.getByLabel('amount').fill('5')
  await expectAccessible(page)
  await go.click()
  const path = page.getByRole('list', { name: 'Its path' })
  await path.getByText('order.paid did not come.').waitFor()
  await path.getByText('Plan team by Ada').first().waitFor()
  await page.getByLabel('amount').fill('11')
  await go.click()
  await path.getByText('order.paid came.').waitFor()
  await page.context().close()

  const hebrew = await world.enter({ language: 'he', theme: 'dark', phone: true })
  await hebrew.goto(`${world.url}/app/journeys/new?draft=${draft}&tab=simulate`)
  await hebrew.getByText('מה מתחיל אותו').waitFor()
  await expectAccessible(hebrew)
  await hebrew.context().close()
})
