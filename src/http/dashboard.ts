/**
 * The dashboard's files, as web/ was built (bin/build): read at their first request and kept. Names
 * under assets/ carry a hash of what they hold, so browsers keep them for a year. Every other
 * address below /app is the one page, with a nonce of its own for styles; scripts come from us only.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { preferredLanguage } from '../lib/language.ts'

const built = join(import.meta.dirname, '../../web/dist')
const NONCE = /NONCE-OF-THIS-ANSWER/g
const YEAR_SECONDS = 365 * 24 * 60 * 60

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

export interface Dashboard {
  sendPage(request: FastifyRequest, reply: FastifyReply): FastifyReply
  /** False when there is no such file. */
  sendAsset(name: string, request: FastifyRequest, reply: FastifyReply): Promise<boolean>
}

/** Null when it was not built. */
export function openDashboard(folder = built): Dashboard | null {
  const index = join(folder, 'index.html')
  if (!existsSync(index)) return null
  const page = readFileSync(index, 'utf8')
  const preloads: Preloads = JSON.parse(readFileSync(join(folder, 'preloads.json'), 'utf8')) // web/preloads.ts
  const assets = new Set(readdirSync(join(folder, 'assets')))
  const kept = new Map<string, Promise<Buffer>>()
  const read = (name: string) => {
    const file = kept.get(name) ?? readFile(join(folder, 'assets', name))
    kept.set(name, file)
    file.catch(() => kept.delete(name)) // such as for want of file handles: the next request reads anew
    return file
  }
  return {
    sendPage(request, reply) {
      const nonce = randomBytes(16).toString('base64')
      reply.headers(pageHeaders(nonce))
      const language = languageOf(request)
      const { body, links } = startOf(request, language, { page, preloads })
      return reply.send(
        localised(body, request, language)
          .replace('</head>', `${links}</head>`)
          .replace(NONCE, nonce),
      )
    },
    async sendAsset(name, request, reply) {
      if (!assets.has(name)) return false
      const coding = codingFor(request.headers['accept-encoding'], name, assets)
      const file = await read(`${name}${coding?.ending ?? ''}`) // a refusal is not to be kept for a year
      reply.headers({
        'content-type': types[extname(name)] ?? 'application/octet-stream',
        'cache-control': `public, max-age=${YEAR_SECONDS}, immutable`,
        vary: 'accept-encoding',
        ...(coding ? { 'content-encoding': coding.name } : {}),
      })
      await reply.send(file)
      return true
    },
  }
}

/** Written beside each text file by web/compressed.ts. */
const codings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const

function codingFor(accepted: string | undefined, name: string, assets: ReadonlySet<string>) {
  const wanted = (accepted ?? '').split(',').map((each) => each.split(';')[0]?.trim())
  return codings.find((each) => wanted.includes(each.name) && assets.has(name + each.ending))
}

interface Preloads {
  /** Files beyond those that the page names itself, by the page's path and by language. */
  readonly pages: Readonly<Record<string, readonly string[]>>
  readonly languages: Readonly<Record<string, readonly string[]>>
  /** What a page asks the API for, by its path. */
  readonly read: Readonly<Record<string, readonly string[]>>
}

const FRAME = /<!--frame-->[\s\S]*?<!--\/frame-->/

/** What the browser should fetch at once. Who is signed in also gets the frame that is drawn until it has. */
function startOf(
  request: FastifyRequest,
  language: string,
  { page, preloads }: { page: string; preloads: Preloads },
): { body: string; links: string } {
  const { pages, languages, read } = preloads
  const signedIn = /(^|[ -])sid=/.test(request.headers.cookie ?? '')
  const path = request.url.split('?')[0]!.replace(/^\/app/, '') || '/'
  const files = [...(languages[language] ?? []), ...((signedIn && pages[path]) || [])]
  const modules = [...new Set(files)].map(
    (file) => `<link rel="modulepreload" crossorigin href="/app/${file}">`,
  )
  const asked = (signedIn ? ['/auth/me', ...(read[path] ?? [])] : []).map(
    (address) =>
      `<link rel="preload" as="fetch" crossorigin href="${address.replaceAll('&', '&amp;')}">`,
  )
  return {
    body: signedIn ? page : page.replace(FRAME, ''),
    links: [...modules, ...asked].join(''),
  }
}

/** As the person chose it before. */
function languageOf(request: FastifyRequest): 'en' | 'he' {
  const { lang } = request.cookies
  if (lang === 'en' || lang === 'he') return lang
  return preferredLanguage(request.headers['accept-language'], ['en', 'he']) === 'he' ? 'he' : 'en'
}

/** Language and theme as the person chose them before, so that the first picture is right. */
function localised(page: string, request: FastifyRequest, language: 'en' | 'he'): string {
  const { theme } = request.cookies
  const look = theme === 'light' || theme === 'dark' ? ` class="${theme}"` : ''
  const direction = language === 'he' ? 'rtl' : 'ltr'
  return page.replace(
    '<html lang="en" dir="ltr">',
    `<html lang="${language}" dir="${direction}"${look}>`,
  )
}

/** Style attributes are what charts and editors set; scripts have no way in but our own files. */
function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    vary: 'accept-language, cookie',
    'x-robots-tag': 'noindex',
  }
}
