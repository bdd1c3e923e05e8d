/**
 * Every page and what opens on it, in both languages and both themes, at a desk and on a phone: nothing
 * serious for axe, nothing blocked, nothing cut off, and in Hebrew no sentence that stays English.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { until } from '../helpers/until.ts'
import { expectAccessible, expectAccessibleInThemes } from './expectAccessible.ts'
import { expectHebrew } from './expectHebrew.ts'
import { dialogs, forms, pagesOf } from './pagesOf.ts'
import { seed } from './seed.ts'
import { looks, speak } from './speak.ts'
import { DESK, type Look, openWorld, PHONE } from './world.ts'

const world = await openWorld()
after(() => world.stop())
const seeded = await seed(world)
const pages = pagesOf(seeded)

const views = await Promise.all(
  looks.map(async (look) => ({ look, page: await world.enter(look) })),
)
for (const { look, page } of views) {
  const say = speak(look.language)
  const errors: string[] = []
  page.on('console', (message) => {
    // A journey that is not whole yet is answered by what it lacks, a draft by 404 where there is none.
    const isAsked = /\/(journeys\/validate|draft)$/.test(message.location().url)
    if (message.type() === 'error' && !isAsked) errors.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => errors.push(`${page.url()}: ${error.message}`))
  const visit = async (path: string) => {
    await page.goto(world.url + path)
    await page.locator('main h1').waitFor()
    await page.locator('[role=status][aria-label]').first().waitFor({ state: 'detached' })
  }

  for (const [title, path] of Object.entries(pages))
    test(`${title} is sound: ${look.language}`, async () => {
      await visit(path)
      const isHebrew = look.language === 'he'
      assert.equal(await page.locator('html').getAttribute('dir'), isHebrew ? 'rtl' : 'ltr')
      await isSound(page, look)
      assert.deepEqual(errors.splice(0), [])
    })

  for (const { on, button, isData = false } of dialogs)
    test(`${button}, on ${on}, opens what is sound: ${look.language}`, async () => {
      await visit(pages[on] ?? '')
      const name = isData ? button : say(button)
      await page.getByRole('button', { name }).first().click()
      await page.locator('[role=dialog], form input').first().waitFor()
      await isSound(page, look)
      assert.deepEqual(errors.splice(0), [])
    })
}

async function isSound(page: Page, { language }: Look): Promise<void> {
  await fits(page)
  await expectAccessibleInThemes(page)
  if (language === 'he') await expectHebrew(page)
  await page.setViewportSize(PHONE)
  await fits(page)
  await page.setViewportSize(DESK)
}

/** What stands out of the screen. */
const wider = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth === clientWidth) return []
  const isOutside = ({ left, right }) => left < 0 || right > clientWidth
  const found = [...document.querySelectorAll('body *')]
    .filter((element) => isOutside(element.getBoundingClientRect()))
    .map((element) => element.outerHTML.slice(0, 120))
  return [scrollWidth + ' of ' + clientWidth + ' pixels', ...found]
})()`

/** Charts and drawings take a frame to follow the screen. */
async function fits(page: Page): Promise<void> {
  let found: readonly string[] = []
  const ask = async () => {
    found = await page.evaluate<readonly string[]>(wider)
    return found.length === 0
  }
  await until('all to be on the screen', ask, 20_000).catch(() => {
    assert.deepEqual(found, [], page.url())
  })
}

for (const [title, path] of Object.entries(forms))
  test(`the form ${title} is sound and all in Hebrew`, async () => {
    const page = await world.enter({ language: 'he' })
    await page.goto(world.url + path)
    await page.getByRole('dialog').locator('form').waitFor()
    await expectAccessible(page)
    await expectHebrew(page)
    await page.context().close()
  })

test('the pages before the login too', async () => {
  for (const look of looks) {
    const page = await world.visit(look)
    for (const path of ['/app/login', '/app/invitation#none', '/app/password#none']) {
      await page.goto(world.url + path)
      await page.locator('main h1').waitFor()
      await isSound(page, look)
    }
    await page.context().close()
  }
})

test('what the server says is told in Hebrew: faults of a form, a check, decisions of a timeline', async () => {
  const page = await world.enter({ language: 'he' })
  await page.goto(`${world.url}/app/senders?add=smtp`)
  const form = page.getByRole('dialog')
  await form.getByLabel('שרת', { exact: true }).fill('10.0.0.1')
  await form.getByLabel('כתובת השולח', { exact: true }).fill('hello@example.com')
  await form.getByRole('button', { name: 'שמירה' }).click()
  await form.getByRole('alert').getByText('אינו באינטרנט הציבורי. שרת דואר ברשת פרטית').waitFor()

  const { id } = await world.call('POST', '/notifications', {
    ...{ channel: 'email', to: 'soon@example.com', subject: 'בקרוב', message: 'בקרוב' },
    scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
  })
  await page.goto(`${world.url}/app/messages?id=${id}`)
  const timeline = page.getByRole('list', { name: 'ציר זמן' })
  const accepted = await timeline.getByText(/^התקבלה, תישלח ב/).innerText()
  assert.doesNotMatch(accepted, /\dT\d/, 'the time is the viewer’s, not the wire’s')
  await page.goto(`${world.url}/app/messages?id=${seeded.message}`)
  await timeline.getByText(/^נמסרה אל .*sandbox.* בניסיון .*1.*: .*ארגז החול קיבל/).waitFor()
  await timeline.getByText(/^נפתחה \(.?אדם.?\)\.$/).waitFor()
  await page.context().close()
})
