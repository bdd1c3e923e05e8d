/** Journeys are drawn, changed, checked and saved in the browser, on the canvas and as a list. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { expectAccessible } from './expectAccessible.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())

const says = (subject: string) => ({ content: { subject, text: 'Good to have you.' } })
const made = await world.call('POST', '/journeys', {
  name: 'welcome-and-remind',
  trigger: { events: ['user.joined'] },
  steps: [
    { id: 'welcome', type: 'send', channel: 'email', ...says('Welcome') },
    { id: 'pause', type: 'wait', days: 1 },
    { id: 'remind', type: 'send', channel: 'email', ...says('Still there?') },
  ],
})
const stored = () => world.call('GET', `/journeys/${made.id}`)

async function publish(page: Page, version: number) {
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByRole('button', { name: `Publish as version ${version}` }).click()
  await page.getByText(`Version ${version} is in use.`, { exact: false }).waitFor()
}

test('a step is put on the canvas, said to be incomplete, filled in, and saved as a version', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${made.id}`)
  await page.getByRole('button', { name: 'Change it' }).click()
  await page.getByRole('button', { name: 'Add a step after pause' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Wait for something to happen' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('Event').waitFor()
  await expectAccessible(page)
  await drawer.getByRole('button', { name: 'Leave it' }).click()
  await page.getByText('1 thing is still missing or wrong.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Publish…' }).isDisabled(), true)
  await expectAccessible(page)

  const wrong = page.getByRole('list', { name: 'What is missing or wrong' })
  await wrong.getByText('Event', { exact: true }).waitFor()
  await wrong.getByRole('button', { name: 'wait_for' }).click()
  await drawer.getByLabel('Event').fill('order.paid')
  await drawer.getByLabel('When it happens (optional)').selectOption('the end')
  await drawer.getByRole('button', { name: 'Take it over' }).click()
  await page.getByText('All is well.').waitFor()

  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('1 thing is still missing or wrong.').waitFor()
  await page.keyboard.press('Control+Shift+Z')
  await page.getByText('All is well.').waitFor()
  await page.getByText('The draft is kept.').waitFor()
  await page.reload()
  await page.getByText('All is well.').waitFor()

  await page.getByRole('button', { name: 'Publish…' }).click()
  await drawer.getByText('Nobody is in it.', { exact: false }).waitFor()
  await drawer.getByText('Different from version 1').waitFor()
  assert.deepEqual(
    (await drawer.getByRole('listitem').allInnerTexts()).map((text) => text.split(/\s+/)[0]),
    ['Changed', 'New'],
  )
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Publish as version 2' }).click()
  await page.getByText('Version 2 is in use.', { exact: false }).waitFor()
  const { version, document } = await stored()
  assert.equal(version, 2)
  assert.deepEqual(
    document.steps.map(({ id }: { id: string }) => id),
    ['welcome', 'pause', 'wait_for', 'remind'],
  )
  assert.deepEqual(document.steps[2], {
    ...{ id: 'wait_for', type: 'wait_for', event: 'order.paid', for: { days: 3 } },
    on_event: null,
  })
  await page.context().close()
})

test('the same by keyboard in the list: moved, removed, taken back; an old version begun with again', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${made.id}?edit=1&tab=list`)
  const steps = page.getByRole('list', { name: 'Steps' })
  await page.getByRole('button', { name: 'Move pause up' }).focus()
  await page.keyboard.press('Enter')
  await steps.getByText('1. Wait').waitFor()
  await page.getByRole('button', { name: 'Remove remind' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Remove remind' }).waitFor({ state: 'detached' })
  await expectAccessible(page)
  await page.keyboard.press('Control+z')
  await page.getByRole('button', { name: 'Remove remind' }).waitFor()
  await page.getByText('All is well.').waitFor()
  await page.keyboard.press('Control+s')
  await page.getByRole('button', { name: 'Publish as version 3' }).click()
  await page.getByText('Version 3 is in use.', { exact: false }).waitFor()
  const { document } = await stored()
  assert.deepEqual(
    document.steps.map(({ id }: { id: string }) => id),
    ['pause', 'welcome', 'wait_for', 'remind'],
  )

  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByRole('button', { name: 'Version 1' }).click()
  await page.getByRole('button', { name: 'Begin with this version' }).click()
  await page.getByText('All is well.').waitFor()
  await publish(page, 4)
  assert.deepEqual((await stored()).document, made.document)
  await page.context().close()
})

test('values are typed as they come: blanks in a list, fractions; a way of a split is taken out again', async () => {
  const { id } = await world.call('POST', '/journeys', {
    name: 'by-city',
    trigger: { events: ['user.joined'] },
    steps: [
      {
        ...{ id: 'where', type: 'branch', else: null },
        cases: [
          { when: { field: 'contact.traits.city', is: 'in', value: ['Haifa'] }, goto: 'half' },
        ],
      },
      { id: 'half', type: 'split', weights: [1, 1], goto: ['rest', null] },
      { id: 'rest', type: 'wait', days: 2 },
    ],
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${id}?edit=1&tab=list`)
  const drawer = page.getByRole('dialog')
  const takeOver = () => drawer.getByRole('button', { name: 'Take it over' }).click()
  await page.getByRole('button', { name: 'Change where' }).click()
  const cities = drawer.getByLabel('Values, divided by commas')
  await cities.fill('')
  await cities.pressSequentially('New York, Haifa')
  assert.equal(await cities.inputValue(), 'New York, Haifa')
  await takeOver()

  await page.getByRole('button', { name: 'Change half' }).click()
  await drawer.getByRole('button', { name: 'One more' }).click()
  await drawer.getByLabel('Leads to 3', { exact: true }).waitFor()
  await expectAccessible(page)
  await drawer.getByRole('button', { name: 'Take out Leads to 1' }).click()
  await drawer.getByLabel('Leads to 3', { exact: true }).waitFor({ state: 'detached' })
  await drawer.getByLabel('Leads to 2', { exact: true }).selectOption('rest')
  await takeOver()

  await page.getByRole('button', { name: 'Change rest' }).click()
  const days = drawer.getByLabel('Days (optional)')
  await days.fill('')
  await days.pressSequentially('1.05')
  assert.equal(await days.inputValue(), '1.05')
  await takeOver()
  await page.getByText('All is well.').waitFor()
  await publish(page, 2)
  const { document } = await world.call('GET', `/journeys/${id}`)
  assert.deepEqual(document.steps[0].cases[0].when.value, ['New York', 'Haifa'])
  assert.deepEqual(document.steps[1].goto, [null, 'rest'])
  assert.equal(document.steps[2].days, 1.05)
  await page.context().close()
})

test('what somebody else publishes meanwhile takes nothing away from a draft', async () => {
  const { document: before, version } = await stored()
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${made.id}?edit=1&tab=list`)
  await page.getByRole('button', { name: 'Remove remind' }).click()
  const removed = page.getByRole('button', { name: 'Remove remind' })
  await removed.waitFor({ state: 'detached' })
  await page.getByText('The draft is kept.').waitFor()
  const theirs = { ...before, description: 'Theirs.' }
  await world.call('PUT', `/journeys/${made.id}`, theirs)
  await page.reload() // it also hears of it while it stays open, as soon as anything happens in the journey
  await page.getByText(`Version ${version + 1} was published by somebody meanwhile.`).waitFor()
  assert.equal(await removed.count(), 0)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Go on with mine' }).click()
  await page.getByText('All is well.').waitFor()
  await publish(page, version + 2)
  const { document } = await stored()
  assert.equal(document.description, undefined)
  assert.equal(document.steps.length, before.steps.length - 1)
  await page.context().close()
})

test('two people at one draft: the second is told whose it is, and chooses', async () => {
  const { document: before } = await stored()
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${made.id}?edit=1&tab=list`)
  await page.getByRole('button', { name: 'Move pause up' }).waitFor()
  const path = `/journeys/${made.id}/draft`
  await world.call('PUT', path, { document: { ...before, title: 'Theirs' } })
  await page.getByRole('button', { name: 'Remove pause' }).click()
  await page.getByText(/^The draft was saved by .+ meanwhile\./).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Go on with mine' }).click()
  await page.getByText('The draft is kept.').waitFor()
  const mine = (await world.call('GET', path)).document
  assert.deepEqual([mine.title, mine.steps.length], [undefined, before.steps.length - 1])

  await world.call('PUT', path, { document: { ...before, title: 'Theirs, too' } })
  await page.getByRole('button', { name: 'Copy welcome' }).click()
  await page.getByText(/^The draft was saved by .+ meanwhile\./).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Publish…' }).isDisabled(), true)
  await page.getByRole('button', { name: 'Undo' }).click() // back to what was kept of mine
  await page.getByRole('button', { name: 'Go on with mine' }).click()
  await page.getByText('The draft is kept.').waitFor()
  assert.deepEqual((await world.call('GET', path)).document, mine)

  await world.call('PUT', path, { document: { ...before, title: 'Theirs again' } })
  await page.getByRole('button', { name: 'Undo' }).click() // to what is published: nothing of mine is left
  await page.getByText(/^The draft was saved by .+ meanwhile\./).waitFor()
  await page.getByRole('button', { name: 'Drop theirs' }).click()
  const question = page.getByRole('dialog', { name: 'Drop theirs?' })
  await expectAccessible(page)
  await question.getByRole('button', { name: 'Leave it' }).click()
  await page.getByRole('button', { name: 'Take theirs' }).click()
  await page.getByText('The draft is kept.').waitFor()
  assert.equal((await world.call('GET', path)).document.title, 'Theirs again')
  await page.getByRole('button', { name: 'Drop the draft' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Drop the draft' }).click()
  await page.getByRole('button', { name: 'Change it' }).waitFor()
  assert.equal((await stored()).draft, null)
  await page.context().close()
})

test('Escape asks before it drops what was typed in a step', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${made.id}?edit=1&tab=list`)
  await page.getByRole('button', { name: 'Change pause' }).click()
  const days = page.getByLabel('Days (optional)')
  await days.waitFor()
  await page.keyboard.press('Escape')
  await days.waitFor({ state: 'detached' }) // nothing typed, nothing asked
  await page.getByRole('button', { name: 'Change pause' }).click()
  await days.fill('5')
  await page.keyboard.press('Escape')
  const question = page.getByRole('dialog', { name: 'Leave without what was typed?' })
  await question.waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  assert.equal(await days.inputValue(), '5')
  await page.keyboard.press('Escape')
  await question.getByRole('button', { name: 'Go on writing' }).click()
  assert.equal(await days.inputValue(), '5')
  await page.keyboard.press('Escape')
  await question.getByRole('button', { name: 'Leave without it' }).click()
  await days.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Change pause' }).click()
  assert.equal(await days.inputValue(), '1')
  await page.context().close()
})

test('Back and closing the page ask before they drop what was typed in a step', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${made.id}?edit=1&tab=list`)
  await page.getByRole('button', { name: 'Change pause' }).click()
  const days = page.getByLabel('Days (optional)')
  await days.fill('5')
  const question = page.getByRole('dialog', { name: 'Leave without what was typed?' })
  await page.evaluate('history.back()')
  await question.getByRole('button', { name: 'Go on writing' }).click()
  await page.waitForURL(/change=pause/)
  assert.equal(await days.inputValue(), '5')
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const dialog = await asked
  assert.equal(dialog.type(), 'beforeunload')
  await dialog.dismiss()
  await page.evaluate('history.back()')
  await question.getByRole('button', { name: 'Leave without it' }).click()
  await days.waitFor({ state: 'detached' })
  await page.waitForURL((url) => !url.search.includes('change'))

  await page.getByRole('button', { name: 'Change pause' }).click()
  await days.fill('5')
  await page.getByRole('button', { name: 'Take it over' }).click()
  await days.waitFor({ state: 'detached' }) // taken over, nothing asked
  await page.getByText('The draft is kept.').waitFor()
  await page.getByRole('button', { name: 'Drop the draft' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Drop the draft' }).click()
  await page.getByRole('button', { name: 'Change it' }).waitFor()
  await page.context().close()
})

test('a new journey begins with nothing, in Hebrew too', async () => {
  const page = await world.enter({ language: 'he', theme: 'dark' })
  await page.goto(`${world.url}/app/journeys/new?tab=list`)
  await page.locator('main h1').waitFor()
  await expectAccessible(page)
  await page.context().close()

  const english = await world.enter()
  await english.goto(`${world.url}/app/journeys/new`)
  await english.getByRole('button', { name: 'Change welcome' }).click()
  await english.getByLabel('Subject (optional)').fill('Hello')
  await english.getByLabel('Text (optional)').fill('Good to have you.')
  await english.getByRole('button', { name: 'Take it over' }).click()
  await english.getByRole('button', { name: 'Beginning and rules' }).click()
  await english.getByLabel('Name', { exact: true }).fill('hello')
  const json = english.getByRole('textbox', { name: /^Settings/ })
  await json.fill('{"word":')
  await english.getByText('This is no JSON yet.').waitFor()
  await english.getByRole('button', { name: 'Take it over' }).click()
  assert.equal(await json.inputValue(), '{"word":', 'it is not taken over without what was typed')
  await json.fill('')
  await english.getByRole('button', { name: 'Take it over' }).click()
  await english.getByText('All is well.').waitFor()
  await english.getByRole('button', { name: 'Publish…' }).click()
  await english.getByRole('button', { name: 'Publish as version 1' }).click()
  await english.getByRole('heading', { name: 'hello', level: 1 }).waitFor()
  assert.equal((await world.call('GET', '/journeys/hello')).status, 'draft')
  await english.context().close()
})

test('by key nothing is saved while a form is open, nor what is written in the document before it is taken over', async () => {
  const before = await stored()
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/${made.id}?edit=1&tab=list`)
  await page.getByRole('button', { name: 'Move pause up' }).click()
  await page.getByText('All is well.').waitFor()
  await page.getByRole('button', { name: 'Change pause' }).click()
  const days = page.getByRole('dialog').getByLabel('Days (optional)')
  await days.fill('3')
  await page.keyboard.press('Control+s')
  await page.getByRole('button', { name: 'Take it over' }).click()

  await page.getByRole('tab', { name: 'Document' }).click()
  const json = page.getByRole('textbox', { name: 'Document' })
  await json.getByText('"days": 3').waitFor()
  await json.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' x')
  await page.getByText('What is written in the document is not taken over yet.').waitFor()
  await page.keyboard.press('Control+s')
  await expectAccessible(page)
  await page.keyboard.press('Backspace')
  await page.getByText('All is well.').waitFor()
  assert.equal((await stored()).version, before.version)

  await page.getByRole('button', { name: 'Undo' }).click()
  await json.getByText('"days": 1').waitFor()
  await page.getByRole('button', { name: 'Redo' }).click()
  await json.getByText('"days": 3').waitFor()
  await page.keyboard.press('Control+s')
  await page.getByRole('button', { name: `Publish as version ${before.version + 1}` }).click()
  await page.getByText(`Version ${before.version + 1} is in use.`, { exact: false }).waitFor()
  const { document } = await stored()
  assert.equal(document.steps[0].days, 3)
  await page.context().close()
})

test('what is written of a new journey waits on the server, wrong as it is, and nothing stays in the browser', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/journeys/new?tab=list`)
  await page.getByRole('button', { name: 'Add a step after welcome' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Call a URL' }).click()
  await page.getByRole('button', { name: 'Leave it' }).click()
  await page.getByText('The draft is kept.').waitFor()
  assert.equal(await page.evaluate('sessionStorage.length'), 0)
  await page.getByRole('button', { name: 'Close' }).click()

  const other = await world.enter({ language: 'he', theme: 'dark' })
  await other.goto(`${world.url}/app/journeys`)
  const waiting = other.getByRole('region', { name: 'עדיין לא פורסמו' })
  await waiting.getByRole('link', { name: 'new-journey' }).waitFor()
  await expectAccessible(other)
  await waiting.getByRole('link', { name: 'new-journey' }).click()
  await other.getByText('הטיוטה שמורה.').waitFor()
  await expectAccessible(other)
  await other.getByRole('tab', { name: 'כרשימה' }).click()
  await other.getByText('request', { exact: true }).first().waitFor()
  await other.context().close()
  await page.context().close()
})
