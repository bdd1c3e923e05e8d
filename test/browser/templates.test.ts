/** Templates are written as drafts, as they look or as code, with a preview for a real contact, in each language's direction. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
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
const textIn = (page: Page) => page.getByRole('textbox', { name: 'The template’s text' })
const paste = (html: string) => `{
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/html', ${JSON.stringify(html)})
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }))
}`
async function publish(page: Page, version: number) {
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByRole('button', { name: `Publish as version ${version}` }).click()
  await page.getByText(`Published as version ${version}.`).waitFor()
}

test('what is written is shown for a contact before it is used; variables are offered', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${made.id}?part=code`)
  const frame = page.frameLocator('iframe')
  await frame.getByText('Good to have you.').waitFor()
  await textIn(page).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('<p>{{ contact.pl')
  await page.getByRole('option', { name: 'contact.plan' }).click()
  await page.keyboard.press('End')
  await page.keyboard.type(' for {{ contact.name }}, {{ code }}')
  await frame.getByText('pro for Noa Levi, [code]').waitFor()
  await page.getByText('This contact has no value for: code.').waitFor()
  await frame.locator('u', { hasText: '[code]' }).waitFor()
  await page.getByText('Values to try it with').click()
  await page.getByLabel('code', { exact: true }).fill('X9')
  await frame.getByText('pro for Noa Levi, X9').waitFor()
  await page.getByRole('button', { name: 'On dark' }).click()
  await page.getByRole('button', { name: 'On a phone' }).click()
  assert.equal((await page.locator('iframe').boundingBox())?.width, 375)
  await page.keyboard.press('Control+s')
  await page.getByText('The draft is kept.').waitFor()
  await expectAccessible(page)
  assert.equal((await stored()).version, 1)
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByLabel('Note').fill('Greets by plan')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Publish as version 2' }).click()
  await page.getByText('Published as version 2.').waitFor()
  const { html, draft } = await stored()
  assert.match(html, /contact\.plan/)
  assert.equal(draft, null)
  assert.equal(await page.getByRole('button', { name: 'Publish…' }).isDisabled(), true)
  assert.equal(await page.getByRole('button', { name: 'Drop the draft' }).count(), 0)
  await page.context().close()
})

test('a draft outlives a reload, is there on another machine and in the list, and can be dropped', async () => {
  const page = await world.enter()
  const before = await stored()
  await page.goto(`${world.url}/app/templates/${made.id}?part=code`)
  await page.getByLabel('Subject').fill('Half a word')
  await page.getByRole('button', { name: 'Plain text' }).click()
  await textIn(page).click()
  await page.keyboard.type('By hand')
  await page.getByText('The draft is kept.').waitFor()
  await page.reload()
  await textIn(page).getByText('By hand').waitFor()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'Half a word')
  const other = await world.enter()
  await other.goto(`${world.url}/app/templates`)
  await other
    .getByRole('row', { name: /welcome.*Draft not published/ })
    .getByRole('link')
    .click()
  await textIn(other).waitFor()
  assert.equal(await other.getByLabel('Subject').inputValue(), 'Half a word')
  await other.context().close()
  await page.getByRole('button', { name: 'Drop the draft' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Drop the draft' }).click()
  await textIn(page).getByText('By hand').waitFor({ state: 'detached' })
  assert.equal(await page.getByLabel('Subject').inputValue(), before.subject)
  const { version, draft } = await stored()
  assert.deepEqual([version, draft], [before.version, null])
  await page.context().close()
})

test('as it looks: words are made bold, variables and buttons put in, and what is code stays', async () => {
  const layout = '<table><tr><td>Left</td><td>Right</td></tr></table>'
  const { id } = await world.call('POST', '/templates', {
    ...{ name: 'looks', channel: 'email', subject: 'Looks' },
    html: `<div style="color:#333">\n  <h1>Hello</h1>\n  ${layout}\n  <p class="last">Good {{ contact.name }} bye</p>\n</div>`,
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${id}`)
  const text = textIn(page)
  await text.getByText('Written as code').waitFor()
  await text.getByText('bye').click()
  await page.keyboard.press('End')
  await page.keyboard.type(', {{ contact.pl')
  await page.getByRole('listbox').getByRole('option', { name: 'contact.plan' }).waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+b')
  await page.keyboard.type(' friend')
  await page.keyboard.press('Control+b')
  await page.evaluate(
    paste(
      `<i onclick="x()" data-kept=' onclick="x()"'>, see</i> <a href="https://good.example/">good</a> <a data-href="java\tscript:x()" href="javascript:x()">bad</a><span data-variable="{{ x }}<script>x()</script>"></span><script>x()</script>`,
    ),
  )
  await page.getByRole('button', { name: 'Button', exact: true }).click()
  await page.getByLabel('Address').fill('https://shop.example/a?b=1&c={{ contact.plan }}')
  await page.getByLabel('Text', { exact: true }).last().fill('Look')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Insert' }).click()
  await page.frameLocator('iframe').getByRole('link', { name: 'Look' }).waitFor()
  await page.getByText('The draft is kept.').waitFor()
  const { locales } = await world.call('GET', `/templates/${id}/draft`)
  const { html } = locales.en
  assert.ok(
    html.startsWith(
      `<div style="color:#333">\n  <h1>Hello</h1>\n  ${layout}\n  <p class="last">Good {{ contact.name }} bye, {{ contact.plan }}<strong> friend</strong><em>, see</em> <a href="https://good.example/">good</a> bad</p>`,
    ),
    html,
  )
  assert.match(
    html,
    /<a href="https:\/\/shop\.example\/a\?b=1&amp;c=\{\{ contact\.plan \}\}" style="display:inline-block/,
  )
  await page.getByRole('button', { name: 'HTML', exact: true }).click()
  await textIn(page).getByText('class="last"', { exact: false }).first().waitFor()
  await page.context().close()
})

test('what could only be damaged is written as code, and says so', async () => {
  const { id } = await world.call('POST', '/templates', {
    ...{ name: 'layout', channel: 'email', subject: 'Layout' },
    html: '<table><tr><td>Left</td><td>Right</td></tr></table>',
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${id}?part=visual`)
  await page.getByText('This text can only be written as code', { exact: false }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'As it looks' }).isDisabled(), true)
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
  await page.getByLabel('Send a test to').fill('ada@example.com, nobody, fail@example.com')
  await page.getByRole('button', { name: 'Send the test' }).click()
  await page.getByText(/^ada@example\.com: It stays here, in the sandbox/).waitFor()
  const handed = page.getByRole('group').filter({ hasText: 'What was handed over' })
  await handed.getByText(/^\[Test\] /).waitFor()
  await page.frameLocator('iframe[title^="What"]').getByText('טוב שבאת.').waitFor()
  await expectAccessible(page)
  await page.getByText(/^nobody: /).waitFor()
  await page.getByText(/^fail@example\.com: .*refused this recipient/).waitFor()
  assert.deepEqual((await world.call('GET', '/notifications')).data, [])

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
  await textIn(page).waitFor()
  await page.getByRole('button', { name: 'he_IL', pressed: true }).waitFor()
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
  await textIn(page).getByText('The text of first-one.').waitFor()
  await page.getByLabel('Subject').fill('A draft of the first')
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('A page, a contact, an address…').fill('second-one')
  await page.getByRole('option', { name: 'second-one Template' }).click()
  await textIn(page).getByText('The text of second-one.').waitFor()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'The subject of second-one')
  await page.goBack()
  await textIn(page).getByText('The text of first-one.').waitFor()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'A draft of the first')
  await publish(page, 2)
  const [mine, other] = [
    await world.call('GET', `/templates/${first}`),
    await world.call('GET', `/templates/${second}`),
  ]
  assert.deepEqual([mine.subject, mine.version], ['A draft of the first', 2])
  assert.match(mine.html, /first-one/)
  assert.equal(other.version, 1)
  await page.context().close()
})

test('what somebody else published meanwhile is shown beside a draft before it goes over it', async () => {
  const { id } = await named('of-two')
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${id}`)
  await page.getByLabel('Subject').fill('Mine')
  await page.getByText('The draft is kept.').waitFor()
  await world.call('PUT', `/templates/${id}`, { subject: 'Theirs', html: '<p>Their text.</p>' })
  await page.reload()
  const choice = page.getByRole('region', { name: 'Changed by two' })
  await choice.getByText('Version 2 was published by somebody meanwhile.').waitFor()
  await choice.locator('pre').getByText('Theirs').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Publish…' }).isDisabled(), true)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Go on with mine' }).click()
  await publish(page, 3)
  const { subject, html } = await world.call('GET', `/templates/${id}`)
  assert.deepEqual([subject, html], ['Mine', '<p>Their text.</p>'])

  await page.getByLabel('Subject').fill('Mine again')
  await page.getByText('The draft is kept.').waitFor()
  await world.call('PUT', `/templates/${id}`, { subject: 'Theirs again' })
  await page.reload()
  await page.getByRole('button', { name: 'Take theirs' }).click()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'Theirs again')
  await page.context().close()
})

test('two who write one draft: the second is told whose the other is, sees both, and chooses', async () => {
  const { id } = await named('one-draft')
  const page = await world.enter()
  await page.goto(`${world.url}/app/templates/${id}`)
  await textIn(page).waitFor()
  const theirs = { locales: { en: { subject: 'Theirs' } } }
  await world.call('PUT', `/templates/${id}/draft`, theirs)
  await page.getByLabel('Subject').fill('Mine')
  const choice = page.getByRole('region', { name: 'Changed by two' })
  await choice.getByText(/^The draft was saved by .+ meanwhile\.$/).waitFor()
  await choice.locator('pre').getByText('Theirs').waitFor()
  await page.getByRole('button', { name: 'Go on with mine' }).click()
  await page.getByText('The draft is kept.').waitFor()
  const kept = () => world.call('GET', `/templates/${id}/draft`)
  assert.equal((await kept()).locales.en.subject, 'Mine')
  await world.call('PUT', `/templates/${id}/draft`, theirs)
  await page.getByLabel('Subject').fill('Mine too')
  await page.getByRole('button', { name: 'Take theirs' }).click()
  assert.equal(await page.getByLabel('Subject').inputValue(), 'Theirs')
  await page.getByText('The draft is kept.').waitFor()
  assert.equal((await kept()).locales.en.subject, 'Theirs')
  await page.context().close()
})
