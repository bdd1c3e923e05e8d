/** Every page, in both languages and themes: nothing serious for axe, nothing blocked, nothing cut off. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { expectAccessible } from './expectAccessible.ts'
import { pagesOf } from './pagesOf.ts'
import { seed } from './seed.ts'
import { type Look, openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())
const pages = pagesOf(await seed(world))

const looks: readonly Look[] = [
  { language: 'en', theme: 'light' },
  { language: 'he', theme: 'dark' },
]
for (const look of looks) {
  const page = await world.enter(look)
  const errors: string[] = []
  page.on('console', (message) => {
    // What is asked about a journey that is not whole yet is answered by what it lacks.
    const isAsked = message.location().url.endsWith('/journeys/validate')
    if (message.type() === 'error' && !isAsked) errors.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => errors.push(`${page.url()}: ${error.message}`))
  for (const [title, path] of Object.entries(pages)) {
    test(`${title} is drawn and axe finds nothing serious: ${look.language}, ${look.theme}`, async () => {
      await page.goto(world.url + path)
      await page.locator('main h1').waitFor()
      await page.locator('[role=status][aria-label]').first().waitFor({ state: 'detached' })
      const isHebrew = look.language === 'he'
      assert.equal(await page.locator('html').getAttribute('dir'), isHebrew ? 'rtl' : 'ltr')
      const cut = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      assert.equal(cut, 0, 'wider than the screen')
      await expectAccessible(page)
      assert.deepEqual(errors.splice(0), [])
    })
  }
}

test('the pages before the login too', async () => {
  for (const look of looks) {
    const page = await world.visit(look)
    for (const path of ['/app/login', '/app/invitation#none', '/app/password#none']) {
      await page.goto(world.url + path)
      await page.locator('main h1').waitFor()
      await expectAccessible(page)
    }
    await page.context().close()
  }
})

test('on a phone nothing is wider than the screen', async () => {
  const page = await world.enter({ phone: true })
  for (const path of Object.values(pages)) {
    await page.goto(world.url + path)
    await page.locator('main h1').waitFor()
    await page.locator('[role=status][aria-label]').first().waitFor({ state: 'detached' })
    const cut = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    assert.equal(cut, 0, path)
  }
  await page.context().close()
})
