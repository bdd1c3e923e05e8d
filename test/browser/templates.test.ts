/** Templates are written with a preview of what is not saved yet, for a real contact, in each language's direction. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '../helpers/until.ts'
import { expectAccessible } from './expectAccessible.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())

await world.call('POST', '/contacts', {
  ...{ external_id: 'u-1', name: 'Noa Levi', email: 'noa@example.com' },
  traits: { plan: 'pro' },
})
const made = await world.call('POST', '/templates', {
  ...{ name: 'welcome', channel: 'email', subject: 'Welcome', html: '<p>Good to have you.</p>' },
  locales: { he: { subject: 'שלום', html: '<p>טוב שבאת.</p>' } },
})
const stored = () => world.call('GET', `/templates/${made.id}`)

test('what is written is shown for a contact before it is saved; variables are offered', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${made.id}`)
  const frame = page.frameLocator('iframe')
  await frame.getByText('Good to have you.').waitFor()
  const editor = page.getByRole('textbox', { name: 'The template’s text' })
  await editor.click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('<p>{{ contact.pl')
  await page.getByRole('option', { name: 'contact.plan' }).click()
  await page.keyboard.press('End')
  await page.keyboard.type(' for {{ contact.name }}, {{ code }}')
  await frame.getByText('pro for Noa Levi, [code]').waitFor()
  await page.getByText('This contact has no value for: code.').waitFor()
  await expectAccessible(page)
  assert.equal((await stored()).version, 1)
  await page.keyboard.press('Control+s')
  await page.getByText('Saved as version 2.').waitFor()
  assert.match((await stored()).html, /contact\.plan/)
  assert.equal(await page.getByRole('button', { name: 'Save' }).isDisabled(), true)
  assert.equal(await page.getByRole('button', { name: 'Discard changes' }).count(), 0)
  await page.context().close()
})

test('what is not saved outlives a reload, can be thrown away, and has a plain text part', async () => {
  const page = await world.enter()
  const before = await stored()
  await page.goto(`${world.url}/app/templates/${made.id}`)
  await page.getByLabel('Subject').fill('Half a word')
  await page.getByRole('button', { name: 'Plain text' }).click()
  const editor = page.getByRole('textbox', { name: 'The template’s text' })
  await editor.click()
  await page.keyboard.type('By hand')
  await page.reload()
  await editor.getByText('By hand').waitFor()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'Half a word')
  await page.getByRole('button', { name: 'Discard changes' }).click()
  await editor.getByText('By hand').waitFor({ state: 'detached' })
  assert.equal(await page.getByLabel('Subject').inputValue(), before.subject)
  assert.equal((await stored()).version, before.version)
  await page.context().close()
})

test('a preview is for whoever is searched for, also beyond the latest', async () => {
  const page = await world.enter()
  for (let n = 0; n < 21; n++)
    await world.call('POST', '/contacts', { external_id: `more-${n}`, name: `Somebody ${n}` })
  await page.goto(`${world.url}/app/templates/${made.id}`)
  await page.getByRole('searchbox', { name: 'Search contacts' }).fill('noa')
  await page
    .getByLabel('Shown for')
    .locator('option', { hasText: 'Noa Levi' })
    .waitFor({ state: 'attached' })
  await until('who was meant', async () =>
    (await page.getByLabel('Shown for').locator('option:checked').innerText()) === 'Noa Levi'
      ? true
      : undefined,
  )
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('A page, a contact, an address…').fill('welc')
  await page.getByRole('option', { name: /welcome/ }).click()
  await page.getByRole('heading', { name: 'welcome', level: 1 }).waitFor()
  await page.context().close()
})

test('a language from right to left is shown so; a test goes out; versions stand side by side and come back', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${made.id}?locale=he`)
  const turned = page.frameLocator('iframe').locator('[dir=rtl]')
  await turned.getByText('טוב שבאת.').waitFor()
  await page.getByLabel('Send a test to').fill('ada@example.com')
  await page.getByRole('button', { name: 'Send the test' }).click()
  await page.getByText('accepted it', { exact: false }).waitFor()

  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByRole('button', { name: 'Compare with now' }).click()
  await page.getByRole('heading', { name: 'Version 1 and version 2' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Restore' }).click()
  await until('the older text', async () =>
    (await stored()).html.includes('Good to have you') ? true : undefined,
  )
  await page.context().close()
})

test('a language in the address that is no tag is shown as it stands there', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${made.id}?locale=he_IL`)
  await page.getByRole('textbox', { name: 'The template’s text' }).waitFor()
  assert.equal(await page.getByRole('combobox', { name: 'Language' }).inputValue(), 'he_IL')
  await page.context().close()
})

const named = (name: string) =>
  world.call('POST', '/templates', {
    ...{ name, channel: 'email', subject: `The subject of ${name}` },
    html: `<p>The text of ${name}.</p>`,
  })

test('with Back, another template shows its own text, and each keeps its own draft', async () => {
  const [{ id: first }, { id: second }] = [await named('first-one'), await named('second-one')]
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${first}`)
  const editor = page.getByRole('textbox', { name: 'The template’s text' })
  await editor.getByText('The text of first-one.').waitFor()
  await page.getByLabel('Subject').fill('A draft of the first')
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('A page, a contact, an address…').fill('second-one')
  await page.getByRole('option', { name: 'second-one Template' }).click()
  await editor.getByText('The text of second-one.').waitFor()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'The subject of second-one')
  await page.goBack()
  await editor.getByText('The text of first-one.').waitFor()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'A draft of the first')
  await page.keyboard.press('Control+s')
  await page.getByText('Saved as version 2.').waitFor()
  const [mine, other] = [
    await world.call('GET', `/templates/${first}`),
    await world.call('GET', `/templates/${second}`),
  ]
  assert.deepEqual([mine.subject, mine.version], ['A draft of the first', 2])
  assert.match(mine.html, /first-one/)
  assert.equal(other.version, 1)
  await page.context().close()
})

test('what somebody else saved meanwhile is asked about before a draft goes over it', async () => {
  const { id } = await named('of-two')
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${id}`)
  await page.getByLabel('Subject').fill('Mine')
  await world.call('PUT', `/templates/${id}`, { subject: 'Theirs', html: '<p>Their text.</p>' })
  await page.reload()
  await page.getByText('Saved as version 2 by somebody meanwhile.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Save' }).isDisabled(), true)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Go on with mine' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved as version 3.').waitFor()
  const { subject, html } = await world.call('GET', `/templates/${id}`)
  assert.deepEqual([subject, html], ['Mine', '<p>Their text.</p>'])

  await page.getByLabel('Subject').fill('Mine again')
  await world.call('PUT', `/templates/${id}`, { subject: 'Theirs again' })
  await page.reload()
  await page.getByRole('button', { name: 'Take theirs' }).click()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'Theirs again')
  await page.context().close()
})
