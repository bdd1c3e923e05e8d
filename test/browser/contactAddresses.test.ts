/** A contact's addresses: added, suppressed and lifted, and taken away once somebody has been asked. */
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

test('an address is added, suppressed, used again, and taken away only by who says so twice', async () => {
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
  const question = page.getByRole('dialog')
  await question.getByText('Take this address away?').waitFor()
  await expectAccessible(page)
  await question.getByRole('button', { name: 'Leave it' }).click()
  assert.deepEqual(await addresses(), ['noa@example.com'])
  await page.getByRole('button', { name: 'Take away' }).click()
  await question.getByRole('button', { name: 'Take away' }).click()
  await until('it to be gone', async () => ((await addresses()).length === 0 ? true : undefined))
  await page.context().close()
})
