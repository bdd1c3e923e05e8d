/**
 * The salesperson's story (document 000) in the browser: Close and Discord are servers of their own;
 * somebody opens an email, Discord has the alert, and the dashboard shows who, when and how often.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startClose } from '../fakes/startClose.ts'
import { startDiscord } from '../fakes/startDiscord.ts'
import { readAlert } from '../helpers/closeWorld.ts'
import { mailbox } from '../helpers/syncWorld.ts'
import { until } from '../helpers/until.ts'
import { expectAccessible, expectAccessibleInThemes } from './expectAccessible.ts'
import { looks, nameOf, speak } from './speak.ts'
import { openWorld } from './world.ts'

const [close, discord] = await Promise.all([startClose(), startDiscord()])
const world = await openWorld({
  ...{ CLOSEIO_API_KEY: 'api_test', CLOSEIO_BASE_URL: close.baseUrl },
  ...{ DISCORD_WEBHOOK_URL: discord.webhookUrl, TIME_ZONE: 'Asia/Jerusalem' },
})
const box = mailbox(close, 'box')
after(async () => {
  await world.stop()
  await Promise.all([close.close(), discord.close()])
})
before(async () => {
  await close.set({ leads: { lead_box: 'Analytical Engines' } })
  await until('the first look at Close', async () => {
    const { data } = await world.call('GET', '/sync?limit=1')
    return data[0]?.status === 'done'
  })
})

const hook = { key: null, url: `${world.url}/webhook/closeio` }
const alertsAbout = async (to: string) =>
  (await discord.tell()).messages
    .map(({ body }) => readAlert(body))
    .filter(({ text }) => text.includes(to))

let opened = 0

for (const look of looks) {
  test(`an open becomes an alert, and the dashboard shows it: ${nameOf(look)}`, async () => {
    const say = speak(look.language)
    const page = await world.enter(look)
    await page.goto(`${world.url}/app/opens`)
    await page.getByRole('heading', { name: say('Opens'), level: 1 }).waitFor()
    const tile = page.locator('main li').filter({ hasText: say('Opens in all') })
    await tile.getByText(String(opened), { exact: true }).waitFor()

    const to = `ada${opened}@gmail.com`
    const mail = await box.send(new Date(Date.now() - 3_600_000), to)
    const event = await box.open(mail.object_id, new Date())
    assert.equal(await close.deliver(event, hook), 200)
    opened++
    await until('the alert in Discord', async () => (await alertsAbout(to)).length === 1)

    // The page hears of it by itself.
    await tile.getByText(String(opened), { exact: true }).waitFor()
    await page.reload()
    const titles = ['By hour', 'By weekday', 'By weekday and hour']
    for (const title of [...titles, 'Leads who open most', 'Engagement'])
      await page.getByRole('heading', { name: say(title), exact: true }).waitFor()
    await page.locator('main').getByText('Analytical Engines').first().waitFor()
    await page.locator('main').getByText(to).first().waitFor()
    const hours = page.getByText(`${say('Opens by people')} · `).first()
    await hours.waitFor()
    await walkWeek(page, look)
    await page
      .getByLabel(say('Opens in the charts'))
      .selectOption(say('Opens in all, machines too'))
    await page
      .getByText(`${say('Opens in all, machines too')} · `)
      .first()
      .waitFor()
    assert.equal(await hours.count(), 0)
    await page
      .getByRole('button', { name: say('View as table') })
      .first()
      .click()
    await page.locator('main table').first().waitFor()
    await expectAccessibleInThemes(page)

    await page.goto(`${world.url}/app/connectors`)
    await page.locator('main').getByText('Close', { exact: true }).first().waitFor()
    const callbacks = page.getByRole('table', { name: say('Callbacks received') })
    await callbacks.getByText(say('Processed'), { exact: true }).first().waitFor()
    await expectAccessibleInThemes(page)

    await page.goto(`${world.url}/app/recipes`)
    const recipe = page
      .locator('main section')
      .filter({ hasText: say('Close → Discord: somebody opened an email') })
    await recipe.getByText(say('On'), { exact: true }).waitFor()
    await recipe.getByRole('listitem').filter({ hasText: 'CLOSEIO_API_KEY' }).waitFor()
    await recipe.locator('summary').click()
    const valueFor = (variable: string) =>
      recipe.getByRole('row').filter({ hasText: variable }).getByRole('cell').last()
    await valueFor('CLOSEIO_API_KEY').getByText(say('set'), { exact: true }).waitFor()
    await valueFor('ALERT_EDIT_MINUTES').getByText('30').waitFor()
    await expectAccessibleInThemes(page)
    await recipe.getByRole('link', { name: say('The journey') }).click()
    await page.getByRole('tab', { name: say('Who is in it') }).click()
    const runs = page.getByRole('table', { name: say('Runs') })
    await runs.getByText(say('Done'), { exact: true }).first().waitFor()

    await page.goto(`${world.url}/app/messages?channel=discord`)
    await page.getByRole('row').nth(opened).waitFor()
    await page.getByRole('row').nth(1).click()
    const timeline = page.getByRole('list', { name: say('Timeline') })
    await timeline.getByText(say('Sent'), { exact: true }).waitFor()
    await page.context().close()
  })
}

/** The first hour of the viewer's week, and one on and back: whatever is told of it is in the table too. */
async function walkWeek(page: Page, { language }: { language: 'en' | 'he' }) {
  const say = speak(language)
  const heading = page.getByRole('heading', { name: say('By weekday and hour'), exact: true })
  const week = page.locator('main section').filter({ has: heading })
  await week.scrollIntoViewIfNeeded()
  const told = week.getByRole('status')
  await week.getByRole('application').focus()
  const firstHour = language === 'he' ? 'יום א׳ 00:00:' : 'Mon 00:00:'
  const nextHour = firstHour.replace('00:00', '01:00')
  await told.filter({ hasText: firstHour }).waitFor({ state: 'attached' })
  await page.keyboard.press(language === 'he' ? 'ArrowLeft' : 'ArrowRight')
  await told.filter({ hasText: nextHour }).waitFor({ state: 'attached' })
  await page.keyboard.press('Home')
  await told.filter({ hasText: firstHour }).waitFor({ state: 'attached' })
  const figure = (await told.textContent())?.slice(firstHour.length).trim() ?? ''
  await expectAccessibleInThemes(page)
  await week.getByRole('button', { name: say('View as table') }).click()
  const cell = week.getByRole('row').nth(1).getByRole('cell').nth(1)
  const shown = figure === say('nothing to count yet') ? '–' : figure
  assert.equal(await cell.textContent(), shown)
  await week.getByRole('button', { name: say('View as table') }).click()
}

const connectionsPage = async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/connectors`)
  await page.getByRole('heading', { name: 'Connectors', level: 1 }).waitFor()
  return page
}

async function readNow(page: Page) {
  const { data } = await world.call('GET', '/connectors')
  await page.goto(`${world.url}/app/connectors?id=${data[0].id}`)
  await page.getByRole('dialog').getByRole('button', { name: 'Read now' }).click()
}

test('the palette finds a connection, which says what it would bring', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/`)
  await page.locator('main h1').waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Close')
  await page
    .getByRole('option')
    .filter({ hasText: 'Connector' })
    .filter({ hasText: 'Close' })
    .click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('button', { name: 'Show what it would bring' }).click()
  const found = drawer.getByRole('region', { name: 'What it would bring' })
  await found.getByText(/^Will create 0, update \d, skip \d\.$/).waitFor()
  await found.getByText(/events? (?:is|are) told with them/).waitFor()
  await expectAccessible(page)
  await page.context().close()
})

test('callbacks that failed of the same say what to do and are tried again together', async () => {
  for (const n of [1, 2, 3])
    await fetch(hook.url, { method: 'POST', body: JSON.stringify({ event: n }) })
  await until('the failures', async () => {
    const { data } = await world.call('GET', '/callbacks/groups')
    return data[0]?.count === 3
  })
  const page = await connectionsPage()
  const groups = page.getByRole('region', { name: 'What callbacks failed of' })
  await groups.getByText(/^The body is not as the vendor describes it/).waitFor()
  await groups.getByText(/after an update try these again/).waitFor()
  await expectAccessible(page)
  await groups.getByRole('button', { name: 'Try these 3 again' }).click()
  await page.getByText('3 callbacks are processed again.').waitFor()
  const callbacks = page.getByRole('table', { name: 'Callbacks received' })
  await callbacks.getByRole('button', { name: 'close' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Process again' }).click()
  await page.getByText('It is processed again.').waitFor()
  await page.context().close()
})

test('fields of contacts are mapped in the form that the schema makes', async () => {
  const { id } = await world.call('POST', '/connectors', {
    ...{ connector: 'close', name: 'Their Close' },
    settings: { api_key: 'api_other', base_url: 'https://close.invalid', polling_enabled: false },
  })
  const page = await connectionsPage()
  await page.goto(`${world.url}/app/connectors?id=${id}`)
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('Who is right about field 1').selectOption('ours')
  await drawer.getByRole('button', { name: 'Take out field 4' }).click()
  await drawer.getByRole('button', { name: 'One more field' }).click()
  await drawer.getByLabel('Field over there 4').fill('custom.cf_size')
  await drawer.getByLabel('Name of the trait 4').fill('size')
  await drawer.getByLabel('Who is right about field 4').selectOption('newest')
  await expectAccessible(page)
  await drawer.getByRole('button', { name: 'Show what it would bring' }).click()
  const found = drawer.getByRole('region', { name: 'What it would bring' })
  await found.getByRole('status').filter({ hasText: 'close.invalid' }).waitFor()
  await drawer.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved.').waitFor()
  const { settings } = await world.call('GET', `/connectors/${id}`)
  assert.deepEqual(settings.contact_fields, [
    { from: 'name', to: 'name', rule: 'ours' },
    { from: 'email', to: 'email', rule: 'theirs' },
    { from: 'phone', to: 'phone', rule: 'theirs' },
    { from: 'custom.cf_size', to: 'traits.size', rule: 'newest' },
  ])
  await world.call('DELETE', `/connectors/${id}`)
  await page.context().close()
})

test('a pull that failed says why and is taken up again', async () => {
  await close.set({ faults: [{ path: '/event/', status: 500, times: 1 }] })
  const page = await world.enter()
  await readNow(page)
  await until('the failure', async () => {
    const { data } = await world.call('GET', '/sync?status=failed')
    return data.length > 0
  })
  await page.goto(`${world.url}/app/connectors?pulls=failed`)
  const runs = page.getByRole('table', { name: 'Runs' })
  await runs
    .getByText(/Close answered 500/)
    .first()
    .waitFor()
  await runs.getByRole('button', { name: 'Try again' }).first().click()
  await page.getByText('It goes on after its last page.').waitFor()
  await until('that it works', async () => {
    const { data } = await world.call('GET', '/connectors')
    return data.every(({ tasks }: { tasks: { failures: number }[] }) =>
      tasks.every(({ failures }) => failures === 0),
    )
  })
  await page.context().close()
})

test('a limit of calls is waited for and shown as nothing wrong', async () => {
  const headers = { ratelimit: 'limit=100, remaining=0, reset=600' }
  await close.set({ faults: [{ path: '/event/', status: 429, times: 1, headers }] })
  const page = await world.enter()
  await readNow(page)
  await until('the limit', async () => {
    const { data } = await world.call('GET', '/sync?status=limited')
    return data.length > 0
  })
  await page.goto(`${world.url}/app/connectors`)
  await page.getByText(/They take no more calls for now/).waitFor()
  const runs = page.getByRole('table', { name: 'Runs' })
  await runs.getByText('Waits for their limit').first().waitFor()
  await expectAccessible(page)
  await page.context().close()
})

test('one alert each, and nothing that either vendor would refuse', async () => {
  assert.equal((await discord.tell()).messages.length, looks.length)
  assert.deepEqual((await discord.tell()).complaints, [])
  assert.deepEqual((await close.tell()).complaints, [])
})
