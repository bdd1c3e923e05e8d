/**
 * Senders take turns in an order that can be changed, and say what their domain lacks; messages are filtered by
 * them, taken out as CSV, and tried again. The brand is how the pages behind their links look.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startDns, type Zone } from '../helpers/startDns.ts'
import { until } from '../helpers/until.ts'
import { expectAccessible } from './expectAccessible.ts'
import { openWorld } from './world.ts'

const dns = await startDns()
const world = await openWorld({ DNS_SERVERS: dns.address })
after(async () => {
  await world.stop()
  await dns.close()
})

for (const name of ['First', 'Second'])
  await world.call('POST', '/providers', {
    ...{ channel: 'email', provider: 'sandbox', name },
    settings: {},
  })
await world.call('POST', '/notifications', {
  ...{ recipient_id: 'u-1', channel: 'email', to: 'fail@example.com' },
  ...{ subject: 'Hello', message: 'Hello', category: 'orders' },
})
const namesInOrder = async (): Promise<string[]> =>
  (await world.call('GET', '/providers?limit=100')).data
    .filter(
      ({ channel, origin }: Record<string, string>) => channel === 'email' && origin !== 'builtin',
    )
    .map(({ name }: { name: string }) => name)
const list = async () => (await world.call('GET', '/notifications?status=failed')).data
await until('the failure', async () => ((await list()).length > 0 ? true : undefined))

test('the order of turns is changed by keyboard, and the sender says what it has used', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/senders`)
  const earlier = page.getByRole('button', { name: 'Let Second take its turn earlier' })
  await earlier.focus()
  await page.keyboard.press('Enter')
  await until('the other order', async () => (await namesInOrder())[0] === 'Second')
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

test('a row that is dragged to another’s place takes its turn', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/senders`)
  const row = (name: string) =>
    page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) })
  const [first = ''] = await namesInOrder()
  const other = first === 'First' ? 'Second' : 'First'
  await row(other).dragTo(row(first))
  await until('the order', async () => (await namesInOrder())[0] === other)
  await page.context().close()
})

test('a test goes through the sender that is open, and says what became of it', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/senders`)
  await page.getByRole('button', { name: 'Second', exact: true }).click()
  await page.getByRole('button', { name: 'Send a test' }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel('To').fill('fail@example.com')
  await dialog.getByRole('button', { name: 'Send a test' }).click()
  await dialog.getByRole('status').filter({ hasText: 'Second: ' }).waitFor()
  await expectAccessible(page)
  await dialog.getByLabel('To').fill('ada@example.com')
  await dialog.getByRole('button', { name: 'Send a test' }).click()
  await dialog.getByRole('status').filter({ hasText: 'Second accepted it' }).waitFor()
  await page.context().close()
})

test('the records of a sender’s domain are shown to be copied, and found once they are there', async () => {
  const { id } = await world.call('POST', '/providers', {
    ...{ channel: 'email', provider: 'smtp', name: 'Shop' },
    settings: { host: 'smtp.sendgrid.net', from_email: 'team@shop.example', dkim_selector: 's1' },
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/senders?id=${id}`)
  const drawer = page.getByRole('dialog')
  const record = (name: string) => drawer.getByRole('listitem').filter({ hasText: name })
  await record('SPF').getByText('Missing', { exact: true }).waitFor()
  await record('DMARC').getByText('Missing', { exact: true }).waitFor()
  await record('DKIM').getByText('s1._domainkey.shop.example').first().waitFor()
  await record('Links').getByText('Wrong', { exact: true }).waitFor()
  await expectAccessible(page)
  await record('SPF').getByRole('button', { name: 'Copy the value' }).click()
  const value = 'v=spf1 include:sendgrid.net ~all'
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()')
  await until('the copy', async () => (await copied()) === value)
  const zone: Zone = { 'shop.example': [['TXT', await copied()]] }
  await dns.set({ ...zone, '_dmarc.shop.example': [['TXT', 'v=DMARC1; p=reject']] })
  await drawer.getByRole('button', { name: 'Check again' }).click()
  await record('SPF').getByText('Found', { exact: true }).waitFor()
  await record('DMARC').getByText('Found', { exact: true }).waitFor()
  await drawer.getByText(/Checked (now|\d+ sec)/).waitFor()
  await world.call('DELETE', `/providers/${id}`)
  await page.context().close()
})

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test('the hidden link of tracked emails is off until it is switched on', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/settings`)
  const hidden = page.getByLabel('Hidden link in tracked emails')
  assert.equal(await hidden.isChecked(), false)
  await hidden.check()
  const card = page.getByRole('region', { name: 'Workspace', exact: true })
  await card.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await page.reload()
  await hidden.waitFor()
  assert.equal(await hidden.isChecked(), true)
  const workspace = (await world.call('GET', '/auth/me')).workspace.id
  assert.equal((await world.call('GET', `/workspaces/${workspace}`)).honeypot_link, true)
  await world.call('PUT', `/workspaces/${workspace}`, { honeypot_link: false })
  await page.context().close()
})

test('the brand is chosen, seen at once, kept, and taken off again', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/settings`)
  const card = page.getByRole('region', { name: 'Brand' })
  await card.getByLabel('Colour').fill('#aa3355')
  const picture = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') }
  await card.getByLabel('Logo').setInputFiles(picture)
  await card.locator('figure img').waitFor()
  await expectAccessible(page)
  await card.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await page.reload()
  await card.locator('figure img').waitFor()
  assert.equal(await card.getByLabel('Colour').inputValue(), '#aa3355')
  await card.getByLabel('Logo').setInputFiles({ ...picture, buffer: Buffer.from('no picture') })
  await page.getByText('This is not a picture that can be used.').waitFor()
  await card.getByRole('button', { name: 'Without a brand' }).click()
  await card.getByRole('button', { name: 'Save' }).click()
  const workspace = (await world.call('GET', '/auth/me')).workspace.id
  await until('the brand to be gone', async () => {
    const { color, logo } = await world.call('GET', `/workspaces/${workspace}/brand`)
    return color === null && logo === null
  })
  await page.context().close()
})
