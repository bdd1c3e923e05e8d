/**
 * The business owner's story (document 002) in the browser: monday and Meta are servers of their own.
 * A lead is welcomed by WhatsApp and waits for its follow-up on the journey's page, where one skips,
 * runs and cancels; a reply ends the run, and the lead's page shows all of it.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { META_PHONE_ID, META_TOKEN, startMeta } from '../fakes/startMeta.ts'
import { BOARD, startMonday } from '../fakes/startMonday.ts'
import { until } from '../helpers/until.ts'
import { expectAccessibleInThemes } from './expectAccessible.ts'
import { looks, nameOf, type Say, speak } from './speak.ts'
import { openWorld } from './world.ts'

const [monday, meta] = await Promise.all([startMonday(), startMeta()])
const APP_SECRET = 'an app secret'
const world = await openWorld({
  ...{ MONDAY_API_KEY: 'monday-token', MONDAY_BOARD_ID: BOARD, MONDAY_BASE_URL: monday.baseUrl },
  ...{ META_API_TOKEN: META_TOKEN, META_PHONE_ID, META_BASE_URL: meta.baseUrl },
  ...{ ADMIN_SECRET: 'a verify token', META_APP_SECRET: APP_SECRET },
  ...{ WHATSAPP_WELCOME_TEMPLATE: 'welcome_lead', WHATSAPP_FOLLOWUP_TEMPLATE: 'followup_lead' },
  ...{ SEND_WINDOW_START_HOUR: '0', SEND_WINDOW_END_HOUR: '24', FOLLOWUP_DELAY_HOURS: '24' },
  TIME_ZONE: 'Asia/Jerusalem',
})
after(async () => {
  await world.stop()
  await Promise.all([monday.close(), meta.close()])
})
before(() => meta.set({ appSecret: APP_SECRET, templates: ['welcome_lead', 'followup_lead'] }))

const SENT = 'נשלחה הודעה'
const ANSWERED = 'נקבעה שיחת מכירה'
let items = 700

/** A new item on the board, once it was welcomed. */
async function lead(): Promise<{ id: string; name: string; to: string }> {
  const national = `50124${++items}`
  const phone = { phone: `0${national}0`, country_short_name: 'IL' }
  const now = { created_at: new Date().toISOString(), status_at: new Date().toISOString() }
  const name = `Lead ${items}`
  const { id } = await monday.item({ id: String(items), name, phone, ...now })
  assert.equal(await monday.created(id, `${world.url}/webhook/monday`), 200)
  await hasStatus(id, SENT)
  return { id, name, to: `972${national}0` }
}
const hasStatus = (id: string, status: string) =>
  until(`the status ${status}`, async () => {
    const found = (await monday.tell()).items.find((each) => each.id === id)
    return found?.status === status
  })
const sentTo = async (to: string) => (await meta.tell()).messages.filter((each) => each.to === to)

/** The run of a lead on the journey's page. */
const rowOf = (page: Page, say: Say, key: string) =>
  page
    .getByRole('table', { name: say('Runs') })
    .getByRole('row')
    .filter({ hasText: key })

/** A deed that asks first. */
async function act(page: Page, say: Say, key: string, deed: string) {
  await rowOf(page, say, key)
    .getByRole('button', { name: say(deed) })
    .click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say(deed), exact: true })
    .click()
}

for (const look of looks) {
  test(`leads are welcomed, wait, and are answered: ${nameOf(look)}`, async () => {
    const say = speak(look.language)
    const [hurried, skipped, silenced] = [await lead(), await lead(), await lead()]
    const answering = await lead()
    const page = await world.enter(look)
    await page.goto(`${world.url}/app/journeys`)
    await page.getByRole('row').filter({ hasText: 'Welcome and follow up a lead' }).click()
    await page.getByRole('tab', { name: say('Who is in it') }).click()
    for (const { id } of [hurried, skipped, silenced, answering])
      await rowOf(page, say, id).getByText(say('Waiting'), { exact: true }).waitFor()
    await expectAccessibleInThemes(page)

    await act(page, say, hurried.id, 'Run now')
    await until('the follow-up', async () => (await sentTo(hurried.to)).length === 2)
    await act(page, say, skipped.id, 'Skip the step')
    await until('its follow-up', async () => (await sentTo(skipped.to)).length === 2)
    await act(page, say, silenced.id, 'Cancel')
    await rowOf(page, say, silenced.id).getByText(say('Cancelled'), { exact: true }).waitFor()

    const [welcome] = await sentTo(answering.to)
    const reply = {
      id: `wamid.${answering.id}`,
      from: answering.to,
      text: 'כן',
      answers: welcome!.id,
    }
    assert.equal(await meta.write(`${world.url}/webhook/meta`, reply), 200)
    await hasStatus(answering.id, ANSWERED)
    await page.reload()
    await rowOf(page, say, answering.id).getByText(say('Left early'), { exact: true }).waitFor()
    assert.equal((await sentTo(silenced.to)).length, 1)

    await page.goto(`${world.url}/app/contacts?q=${encodeURIComponent(answering.name)}`)
    await page.getByRole('row').filter({ hasText: answering.name }).click()
    await page.getByRole('heading', { name: answering.name, level: 1 }).waitFor()
    await page.locator('main').getByText(say('Replied'), { exact: true }).first().waitFor()
    await expectAccessibleInThemes(page)

    await page.goto(`${world.url}/app/recipes`)
    const recipe = page
      .locator('main section')
      .filter({ hasText: say('monday.com → WhatsApp: welcome a lead and follow up') })
    await recipe.getByText(say('On'), { exact: true }).waitFor()
    await page.context().close()
  })
}

test('requests are as both vendors have them', async () => {
  assert.deepEqual((await monday.tell()).complaints, [])
  assert.deepEqual((await meta.tell()).complaints, [])
})
