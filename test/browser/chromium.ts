/**
 * A real Chromium: the one that CHROMIUM_PATH names, the machine's, or the one that comes as an npm
 * package, with the libraries and fonts that a bare machine lacks.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

const root = join(import.meta.dirname, '../..')
const USUAL = '/usr/bin/chromium'

export async function openChromium(): Promise<Browser> {
  const own = [process.env['CHROMIUM_PATH'], USUAL].find((path) => path && existsSync(path))
  const { executablePath, env } = own ? { executablePath: own, env: {} } : await ofThePackage()
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    // Of the package's own arguments those that a machine without a screen needs; not --single-process,
    // with which the whole browser ends when one of its contexts is closed; and no graphics card in
    // software either: with it the browser needed twice the time for the same page.
    args: ['--no-sandbox', '--no-zygote', '--headless=shell', '--disable-gpu'],
  })
}

async function ofThePackage() {
  const folder = await unpacked()
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

/**
 * Unpacked once per version, aside and then renamed: the package itself takes any file of the right
 * name for a whole one, also what another test is writing or one that was ended left.
 */
async function unpacked(): Promise<string> {
  const about = join(root, 'node_modules/@sparticuz/chromium/package.json')
  const { version } = JSON.parse(await readFile(about, 'utf8'))
  const cache = join(root, 'node_modules/.cache')
  const folder = join(cache, `chromium-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  const aside = await mkdtemp(join(cache, 'chromium-'))
  const code = `import it from '@sparticuz/chromium'; await it.executablePath()`
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    // It unpacks into the folder for temporary files, and its libraries only where it believes itself there.
    env: { ...process.env, TMPDIR: aside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  })
  await writeFile(join(aside, 'fonts.conf'), fontsOf(folder))
  await rename(aside, folder).catch(async (error: unknown) => {
    await rm(aside, { recursive: true, force: true })
    if (!existsSync(folder)) throw error // else another was first
  })
  return folder
}

/** The package's fonts beside those of the machine, if it has any: without one nothing is drawn. */
const fontsOf = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`
