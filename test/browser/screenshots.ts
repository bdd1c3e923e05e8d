/**
 * Pictures of every page, in both languages and both themes: `node test/browser/screenshots.ts <folder> [part of a page's name] [part of a look's name]`.
 * To be looked at; nothing is compared.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pagesOf } from './pagesOf.ts'
import { seed } from './seed.ts'
import { type Look, openWorld } from './world.ts'

const looks: Readonly<Record<string, Look>> = {
  'en-light': { language: 'en', theme: 'light' },
  'he-light': { language: 'he', theme: 'light' },
  'en-dark': { language: 'en', theme: 'dark' },
  'he-dark': { language: 'he', theme: 'dark' },
  phone: { language: 'en', theme: 'light', phone: true },
}

async function takeAll(folder: string, part: string, lookPart: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const world = await openWorld()
  try {
    const pages = Object.entries(pagesOf(await seed(world))).filter(([name]) => name.includes(part))
    for (const [kind, look] of Object.entries(looks).filter(([name]) => name.includes(lookPart))) {
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

if (import.meta.main) {
  const [folder = 'screenshots', part = '', look = ''] = process.argv.slice(2)
  await takeAll(folder, part, look)
}
