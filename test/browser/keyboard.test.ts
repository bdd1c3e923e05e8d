/** By keyboard alone: into the page, across the dashboard, into a row and back, and always in sight. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { seed } from './seed.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())
await seed(world)

/** What has the focus: its name, and whether it shows. */
const focused = `(() => {
  const element = document.activeElement
  const { outlineStyle, outlineWidth } = getComputedStyle(element)
  const box = element.getBoundingClientRect()
  return {
    name: element.getAttribute('aria-label') || element.innerText || element.id,
    isNative: element.matches('input[type=date]'), // the browser draws its parts
    isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && box.width > 0 && box.height > 0,
  }
})()`
interface Focused {
  readonly name: string
  readonly isNative: boolean
  readonly isSeen: boolean
}

test('the first stop leads past the navigation, and each stop is seen', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages`)
  await page.getByRole('row').nth(1).waitFor()
  const stops: Focused[] = []
  for (let at = 0; at < 50; at++) {
    await page.keyboard.press('Tab')
    stops.push(await page.evaluate(focused))
  }
  assert.equal(stops[0]?.name, 'Skip to the page')
  const names = stops.map(({ name }) => name)
  for (const name of ['Settings', 'Theme', 'Choose all that are shown', 'sam@example.com'])
    assert.ok(
      names.some((each) => each.includes(name)),
      `${name} is reached: ${names.join(' · ')}`,
    )
  assert.deepEqual(
    stops.filter(({ isSeen, isNative }) => !isSeen && !isNative),
    [],
  )
  await page.goto(`${world.url}/app/messages`)
  await page.locator('main h1').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate('document.activeElement.id'), 'main')
  await page.context().close()
})

test('the palette leads to a page; a row opens and gives the focus back', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/`)
  await page.locator('main h1').waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Messages')
  await page.getByRole('option', { name: 'Messages', exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
  const row = page.getByRole('button', { name: /sam@example\.com/ }).first()
  await row.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.match(await page.evaluate('document.activeElement.innerText'), /sam@example\.com/)
  assert.doesNotMatch(page.url(), /id=/)
  await page.context().close()
})

test('single keys lead to pages and the search, never while one types, and can be switched off', async () => {
  const page = await world.enter()
  const { keyboard } = page
  const headed = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()
  await page.goto(`${world.url}/app/`)
  await headed('Overview')
  await keyboard.press('g')
  await keyboard.press('m')
  await headed('Messages')
  await keyboard.press('/')
  await keyboard.type('g?c')
  assert.equal(await page.getByRole('searchbox', { name: 'Search' }).inputValue(), 'g?c')
  await page.locator('main').focus()
  await keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).getByLabel('Single keys act').uncheck()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await keyboard.press('?')
  await keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Search or go to…' }).waitFor()
  assert.equal(await page.getByRole('dialog').count(), 1)
  await page.context().close()
})

test('Escape clears the filters, and Back brings them again', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages?status=delivered`)
  await page.getByRole('button', { name: 'onboarding' }).first().click()
  await page.waitForURL(/category=onboarding/)
  await page.locator('main').focus()
  await page.keyboard.press('Escape')
  await page.waitForURL(/messages$/)
  await page.goBack()
  await page.waitForURL(/category=onboarding/)
  await page.goBack()
  await page.waitForURL((url) => !url.search.includes('category') && url.search !== '')
  await page.context().close()
})

test('what a figure means is told on focus; a chart is a table too, beside the period before', async () => {
  const page = await world.enter()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url().replace(world.url, '')))
  await page.goto(`${world.url}/app/`)
  const rate = page.getByRole('button', { name: 'Open rate' })
  const meaning = page.getByRole('tooltip').filter({ hasText: 'machines are left out' })
  await rate.waitFor()
  assert.equal(await meaning.isVisible(), false)
  await rate.focus()
  await meaning.waitFor()
  await page.keyboard.press('Escape')
  await meaning.waitFor({ state: 'hidden' })
  await page.getByLabel('Compare with the period before').check()
  const trend = page.getByRole('region', { name: 'Trend' })
  await trend.getByRole('button', { name: 'View as table' }).click()
  await page.getByRole('columnheader', { name: 'Sent before' }).waitFor()
  assert.match(page.url(), /compare=1/)
  // What the server names in the page's head is what the page asks for, so nothing is read twice.
  for (const named of ['/auth/me', '/providers?limit=100', '/notifications?limit=5&status=held'])
    assert.equal(asked.filter((address) => address === named).length, 1, asked.join('\n'))
  await page.context().close()
})
