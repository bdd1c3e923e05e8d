/** A contact: its addresses, coming in by CSV, merged, exported, erased, and all that happened to it. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

test('who it is is changed by hand, each fault at its field, and only what was touched', async () => {
  const traits = { city: 'Haifa', age: 30 }
  const details = { locale: 'en', time_zone: 'Asia/Jerusalem', tags: ['vip'], traits }
  const made = await world.call('POST', '/contacts', {
    external_id: 'e-1',
    name: 'Dana',
    ...details,
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/contacts/${made.id}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Dana Levi')
  await dialog.getByLabel('Language').fill('')
  await dialog.getByLabel('Time zone').fill('Mars/Base')
  await dialog.getByLabel('Tags').fill('vip\nשלום, עולם')
  const written = dialog.getByLabel('Traits')
  await written.fill('{"city": ')
  await dialog.getByText('This is no JSON yet.').waitFor()
  await written.fill('{"city": "Jaffa"}')
  await world.call('PUT', `/contacts/${made.id}`, { traits: { meanwhile: true } })
  await dialog.getByRole('button', { name: 'Save' }).click()
  const zone = dialog.getByLabel('Time zone').and(page.locator('[aria-invalid]'))
  await zone.waitFor()
  await dialog
    .getByRole('alert')
    .getByText('Time zone: Name a time zone of the IANA list')
    .waitFor()
  await expectAccessible(page)
  await zone.fill('Europe/Paris')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Dana Levi' }).waitFor()
  const { name, locale, time_zone, tags, traits: kept } = await world.call('GET', '/contacts/e-1')
  assert.deepEqual(
    { name, locale, time_zone, tags, kept },
    {
      ...{ name: 'Dana Levi', locale: null, time_zone: 'Europe/Paris' },
      ...{ tags: ['vip', 'שלום, עולם'], kept: { city: 'Jaffa', meanwhile: true } },
    },
  )
  await page.context().close()
})

test('contacts come in by CSV, each column as it is said to be, and the rows that were not taken go out again', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/contacts`)
  await page.getByRole('button', { name: 'Import' }).first().click()
  const dialog = page.getByRole('dialog')
  const csv = 'Kundennummer,Wer,mail\nk-1,Maya Stern,maya@example.com\nk-2,Uri Gal,no address\n'
  const dir = await mkdtemp(join(tmpdir(), 'beckon-csv-'))
  const path = join(dir, 'people.csv')
  await writeFile(path, csv)
  await dialog.getByLabel('File').setInputFiles(path)
  await dialog.getByLabel('Kundennummer').selectOption('Your own id')
  await dialog.getByLabel('Wer').selectOption('Name')
  await dialog.getByLabel('mail').selectOption('Email')
  await expectAccessible(page)
  await writeFile(path, 'changed since it was chosen\n')
  await dialog.getByRole('button', { name: 'Import' }).click()
  await dialog.getByText('2 rows read: 1 new, 0 changed, 1 not taken').waitFor()
  await expectAccessible(page)
  const download = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'The rows that were not taken, as CSV' }).click()
  const failures = await readFile(await (await download).path(), 'utf8')
  assert.match(failures, /\nk-2,Uri Gal,no address,mail: This is not an email address\./)
  await dialog.getByRole('button', { name: 'Close' }).first().click()
  await page.getByText('Maya Stern').waitFor()
  await rm(dir, { recursive: true })
  await page.context().close()
})

test('Excel’s “Unicode text” comes in as it is, and a file in another encoding is refused in words', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/contacts`)
  await page.getByRole('button', { name: 'Import' }).first().click()
  const dialog = page.getByRole('dialog')
  const choose = (name: string, buffer: Buffer) =>
    dialog.getByLabel('File').setInputFiles({ name, mimeType: 'text/plain', buffer })
  await choose('legacy.csv', Buffer.from('ville,name\nOrl\xe9ans,Legacy\n', 'latin1'))
  await dialog.getByRole('button', { name: 'Import' }).click()
  await dialog.getByText('The file is neither UTF-8 nor UTF-16. Save it as "CSV UTF-8".').waitFor()
  await expectAccessible(page)
  const unicode = '\ufeffexternal_id\tname\tעיר\r\nunicode-1\tנועה דוגמה\tחיפה\r\n'
  await choose('people.txt', Buffer.from(unicode, 'utf16le'))
  await dialog.getByLabel('עיר').waitFor()
  await dialog.getByRole('button', { name: 'Import' }).click()
  await dialog.getByText('1 rows read: 1 new, 0 changed, 0 not taken').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).first().click()
  await page.getByText('נועה דוגמה').waitFor()
  assert.equal((await world.call('GET', '/contacts/unicode-1')).traits['עיר'], 'חיפה')
  await page.context().close()
})

test('two that are one are merged, and taken apart again', async () => {
  const person = { name: 'Tal Peled' }
  const kept = await world.call('POST', '/contacts', { ...person, external_id: 't-1' })
  await world.call('POST', '/contacts', { ...person, email: 'tal@example.com' })
  const page = await world.enter()
  await page.goto(`${world.url}/app/contacts/${kept.id}`)
  await page.getByRole('button', { name: 'Merge a duplicate' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('tal@example.com').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'It is the same' }).click()
  await page.getByText('They are one contact now.').waitFor()
  await page.getByRole('region', { name: 'Addresses' }).getByText('tal@example.com').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page
    .getByRole('region', { name: 'Addresses' })
    .getByText('tal@example.com')
    .waitFor({ state: 'detached' })
  await page.context().close()
})

test('what is kept of a person goes out as a file; erased, nothing of them can be found', async () => {
  const made = await world.call('POST', '/contacts', {
    ...{ name: 'Gil Raz', external_id: 'g-1', email: 'gil@example.com' },
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/contacts/${made.id}`)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export their data' }).click()
  assert.match(await readFile(await (await download).path(), 'utf8'), /gil@example\.com/)
  await page.getByRole('button', { name: 'Erase' }).click()
  const dialog = page.getByRole('dialog')
  const erase = dialog.getByRole('button', { name: 'Erase' })
  assert.equal(await erase.isDisabled(), true)
  await expectAccessible(page)
  await dialog.getByLabel('Type “g-1” to go on').fill('g-1')
  await erase.click()
  await page.getByText('The person is erased.').waitFor()
  await page.waitForURL('**/app/contacts')
  for (const q of ['Gil', 'gil@example.com', 'g-1'])
    assert.deepEqual((await world.call('GET', `/contacts?q=${q}`)).data, [])
  await page.context().close()
})

test('one timeline, narrowed by the address, and one click to where the CRM has them', async () => {
  await world.call('POST', '/connectors', {
    ...{ connector: 'monday', name: 'Leads board' },
    settings: { api_token: 'none', board_id: '12', base_url: 'https://monday.invalid' },
  })
  const made = await world.call('POST', '/contacts', {
    ...{ name: 'Ora Bar', external_id: 'o-1', email: 'open@example.com' },
    identities: [{ source: 'monday', external_id: '345' }],
  })
  await world.call('POST', '/events', { name: 'order.made', external_id: 'o-1' })
  const message = await world.call('POST', '/notifications', {
    ...{ recipient_id: 'o-1', channel: 'email', subject: 'Hello', message: 'Hello there' },
  })
  await until('the open', async () => {
    const { data } = await world.call('GET', `/contacts/${made.id}/timeline?names=message.opened`)
    return data.length > 0 || undefined
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/contacts/${made.id}`)
  const link = page.getByRole('link', { name: 'Open in Leads board' })
  assert.equal(await link.getAttribute('href'), 'https://monday.com/boards/12/pulses/345')
  const happened = page.getByRole('list', { name: 'What happened' })
  await happened.getByText('order.made').waitFor()
  await page.getByLabel('Show', { exact: true }).selectOption('Opens and clicks')
  await happened.getByText('order.made').waitFor({ state: 'detached' })
  await happened.getByText('Opened').first().waitFor()
  assert.match(page.url(), /part=opens/)
  await expectAccessible(page)
  assert.ok(message.id)
  await page.context().close()
})

test('the overview tells who joined and who left, as a chart and as a table', async () => {
  await world.call('POST', '/contacts', { external_id: 'u-2', name: 'Tal Bar' })
  await world.call('PUT', '/preferences/u-2', { marketing: false })
  const { data } = await world.call('GET', '/analytics/growth')
  const sum = (what: 'joined' | 'left' | 'net') =>
    data.reduce((all: number, day: Record<string, number>) => all + (day[what] ?? 0), 0)
  assert.ok(sum('left') > 0)
  const page = await world.enter()
  await page.goto(`${world.url}/app/`)
  const heading = page.getByRole('heading', { name: 'Contacts joined and left' })
  const growth = page.locator('main section').filter({ has: heading })
  const sums = [sum('joined'), sum('left'), sum('net')].map(String)
  await growth.locator('header bdi').last().waitFor()
  assert.deepEqual(await growth.locator('header bdi').allTextContents(), sums)
  await growth.getByRole('button', { name: 'Left' }).focus()
  await growth.getByText(/^Contacts that said no to all marketing/).waitFor()
  await growth.getByRole('img', { name: 'Contacts joined and left' }).first().waitFor()
  await expectAccessible(page)
  await growth.getByRole('button', { name: 'View as table' }).click()
  const today = growth.getByRole('row').last().getByRole('cell')
  assert.deepEqual((await today.allTextContents()).slice(1), sums)
  await expectAccessible(page)
  await page.context().close()
})
