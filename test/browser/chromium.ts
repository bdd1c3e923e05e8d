/**
 * A real Chromium: the one that CHROMIUM_PATH names, the machine's, or the one that comes as an npm
 * package. Its libraries for machines without any are unpacked where they are missing.
 */
import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

const USUAL = '/usr/bin/chromium'

export async function openChromium(): Promise<Browser> {
  const own = [process.env['CHROMIUM_PATH'], USUAL].find((path) => path && existsSync(path))
  return own
    ? chromium.launch({ executablePath: own, args: ['--no-sandbox'] })
    : chromium.launch({ executablePath: await sparticuz.executablePath(), args: sparticuz.args })
}
