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
  return chromium.launch({
    executablePath: own ?? (await sparticuz.executablePath()),
    // Of the package's own arguments those that a machine without a screen needs; not --single-process,
    // with which the whole browser ends when one of its contexts is closed.
    args: ['--no-sandbox', '--no-zygote', '--headless=shell', '--use-angle=swiftshader'],
  })
}
