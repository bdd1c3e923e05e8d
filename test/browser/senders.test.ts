/** Senders take turns in an order that can be changed; messages are filtered by them, taken out as CSV, and tried again. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '../helpers/until.ts'
import { expectAccessible } from './expectAccessible.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())

for (const name of ['First', 'Second'])
  await world.call('POST', '/providers', {
    ...{ channel: 'email', provider: 'sandbox', name },
    settings: {},
  })
await world.call('POST', '/notifications', {
  ...{ recipient_id: 'u-1', channel: 'email', to: 'fail@example.com' },
  ...{ subject: 'Hello', message: 'Hello', category: 'orders' },
})
const list = async () => (await world.call('GET', '/notifications?status=failed')).data
await until('the failure', async () => ((await list()).length > 0 ? true : undefined))

test('the order of turns is changed by keyboard, and the sender says what it has used', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/senders`)
  const earlier = page.getByRole('button', { name: 'Let Second take its turn earlier' })
  await earlier.focus()
  await page.keyboard.press('Enter')
  const names = async () =>
    (await world.call('GET', '/providers?limit=100')).data
      .filter(
        ({ channel, origin }: Record<string, string>) =>
          channel === 'email' && origin !== 'builtin',
      )
      .map(({ name }: { name: string }) => name)
  await until('the other order', async () => ((await names())[0] === 'Second' ? true : undefined))
  await expectAccessible(page)
  await page.getByRole('button', { name: 'First', exact: true }).click()
  await page.getByText('closed: it works').waitFor()
  await page.getByRole('button', { name: 'Say what a message costs' }).click()
  await page.getByLabel('Cost of one message').fill('0.0045')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Save' }).last().click()
  await page.getByText('€0.0045 a message').waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Its messages' }).click()
  await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
  await page.getByText('fail@example.com').waitFor()
  await page.context().close()
})

test('what is listed becomes a file; what failed is asked about and tried again', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages?status=failed`)
  await page.getByText('fail@example.com').waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'As CSV' }).click(),
  ])
  assert.equal(download.suggestedFilename(), 'messages.csv')
  await page.getByRole('button', { name: 'Try all again' }).click()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Try all again' }).click()
  await page.getByText('1 message is queued again.').waitFor()
  await page.context().close()
})
