/** A contact's addresses: added, suppressed and lifted, taken away, each of which can be taken back. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '../helpers/until.ts'
import { expectAccessible } from './expectAccessible.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())

const { id } = await world.call('POST', '/contacts', { external_id: 'u-1', name: 'Noa Levi' })
const addresses = async () =>
  (await world.call('GET', `/contacts/${id}`)).addresses.map(
    ({ address }: { address: string }) => address,
  )

test('an address is added, suppressed, used again, taken away and brought back', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/contacts/${id}`)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByLabel('Address', { exact: true }).fill('noa@example.com')
  await page.getByRole('button', { name: 'Add the address' }).click()
  await page.getByText('noa@example.com').waitFor()
  await page.getByRole('button', { name: 'Never use it' }).click()
  await page.getByText('suppressed by hand').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Use it again' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Use it again' }).click()
  await page.getByText('suppressed by hand').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Take away' }).click()
  await until('it to be gone', async () => ((await addresses()).length === 0 ? true : undefined))
  await page
    .getByRole('listitem')
    .filter({ hasText: 'The address is taken away.' })
    .getByRole('button', { name: 'Undo' })
    .click()
  await until('it to be back', async () => ((await addresses()).length === 1 ? true : undefined))
  assert.deepEqual(await addresses(), ['noa@example.com'])
  await page.context().close()
})
