/**
 * Pictures of every page, in both languages and both themes: `node test/browser/screenshots.ts <folder> [part of a name]`.
 * To be looked at; nothing is compared.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Seeded, seed } from './seed.ts'
import { openWorld } from './world.ts'

export function pagesOf(seeded: Seeded): Readonly<Record<string, string>> {
  return {
    overview: '/app/',
    start: '/app/start',
    messages: '/app/messages',
    message: `/app/messages?id=${seeded.message}`,
    'message-content': `/app/messages?id=${seeded.message}&tab=content`,
    outbox: '/app/outbox',
    contacts: '/app/contacts',
    contact: `/app/contacts/${seeded.contact}`,
    import: '/app/contacts?import=1',
    templates: '/app/templates',
    template: `/app/templates/${seeded.template}`,
    'template-versions': `/app/templates/${seeded.template}?tab=versions`,
    senders: '/app/senders',
    'sender-new': '/app/senders?add=smtp',
    journeys: '/app/journeys',
    journey: `/app/journeys/${seeded.journey}`,
    'journey-list': `/app/journeys/${seeded.journey}?tab=list`,
    recipes: '/app/recipes',
    connectors: '/app/connectors',
    'connector-new': '/app/connectors?add=close',
    opens: '/app/opens',
    audit: '/app/audit',
    settings: '/app/settings',
    keys: '/app/settings?tab=keys',
    profile: '/app/settings?tab=profile',
  }
}

const looks = [
  { language: 'en', theme: 'light' },
  { language: 'he', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'he', theme: 'dark' },
] as const

async function takeAll(folder: string, part: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const world = await openWorld()
  try {
    const pages = Object.entries(pagesOf(await seed(world))).filter(([name]) => name.includes(part))
    for (const look of [...looks, { language: 'en', theme: 'light', phone: true } as const]) {
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
        const kind = 'phone' in look ? 'phone' : `${look.language}-${look.theme}`
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
  const [folder = 'screenshots', part = ''] = process.argv.slice(2)
  await takeAll(folder, part)
}
