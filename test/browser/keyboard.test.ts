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
  for (let at = 0; at < 35; at++) {
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
