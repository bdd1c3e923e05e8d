/**
 * Pictures of every page, in both languages and both themes: `node test/browser/screenshots.ts <folder> [parts of pages' names,…] [parts of looks' names,…]`.
 * To be looked at; nothing is compared. With `--demo` they show the demo's ninety days.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../helpers/until.ts'
import { pagesOf } from './pagesOf.ts'
import { type Seeded, seed } from './seed.ts'
import { type Look, openWorld, type World } from './world.ts'

const looks: Readonly<Record<string, Look>> = {
  'en-light': { language: 'en', theme: 'light' },
  'he-light': { language: 'he', theme: 'light' },
  'en-dark': { language: 'en', theme: 'dark' },
  'he-dark': { language: 'he', theme: 'dark' },
  phone: { language: 'en', theme: 'light', phone: true },
  'phone-he': { language: 'he', theme: 'light', phone: true },
}

/** Charts are drawn when they are seen, so those below the screen stay as they are. */
const isDrawn = `[...document.querySelectorAll('.animate-pulse')].every((each) => each.getBoundingClientRect().top > innerHeight)`

interface Wanted {
  readonly part: string
  readonly look: string
  readonly isDemo: boolean
}

async function takeAll(folder: string, { part, look: ofLook, isDemo }: Wanted): Promise<void> {
  await mkdir(folder, { recursive: true })
  const world = await openWorld()
  try {
    const seeded = isDemo ? await demo(world) : await seed(world)
    const pages = Object.entries(pagesOf(seeded)).filter(([name]) =>
      part.split(',').some((each) => name.includes(each)),
    )
    for (const [kind, look] of Object.entries(looks).filter(([name]) =>
      ofLook.split(',').some((each) => name.includes(each)),
    )) {
      const page = await world.enter(look)
      page.on('console', (message) => {
        if (message.type() === 'error') console.log(`${page.url()}: ${message.text()}`)
      })
      page.on('pageerror', (error) => console.log(`${page.url()}: ${error.message}`))
      for (const [name, path] of pages) {
        await page.goto(world.url + path)
        await page.locator('main h1').waitFor()
        await page.waitForLoadState('networkidle').catch(() => {}) // the stream stays open
        await page.locator('[role=status][aria-label]').first().waitFor({ state: 'detached' })
        await until('nothing on the screen to be a skeleton', () => page.evaluate(isDrawn))
        await page.screenshot({ path: join(folder, `${name}.${kind}.png`) })
      }
      await page.context().close()
    }
    const page = await world.visit({ language: 'he' })
    await page.goto(`${world.url}/app/login`)
    await page.locator('main h1').waitFor()
    await page.screenshot({ path: join(folder, 'login.he-light.png') })
    console.log(`${pages.length} pages in ${folder}`)
  } finally {
    await world.stop()
  }
}

/** Something of everything that the demo has. */
async function demo(world: World): Promise<Seeded> {
  await world.fillDemo()
  const first = async (path: string) => (await world.call('GET', path)).data[0]?.id ?? ''
  return {
    contact: await first('/contacts'),
    template: await first('/templates'),
    journey: await first('/journeys'),
    message: await first('/notifications?channel=email&status=delivered'),
    request: await first('/api-requests'),
    entry: '1',
  }
}

if (import.meta.main) {
  const words = process.argv.slice(2)
  const [folder = 'screenshots', part = '', look = ''] = words.filter((word) => word !== '--demo')
  await takeAll(folder, { part, look, isDemo: words.includes('--demo') })
}
