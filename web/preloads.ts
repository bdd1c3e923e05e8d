/**
 * Writes `preloads.json` beside the built page: which files each language and each page needs beyond
 * those that the page names itself, and what the first page reads. The server, which knows both from the first request, names them
 * too, so that the browser fetches all at once instead of one after the other.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Plugin } from 'vite'

const source = join(import.meta.dirname, 'src')
const PAGE = /path: '([^'$]+)'[^}]*?import\('([^']+)'\)/g // of app/pages.ts
const LANGUAGE = /^ {2}(\w+): \{[^}]*?load: \(\) => import\('([^']+)'\)/gm // of lib/language.ts
const SERVER = /^ {2}(\w+): \{[^}]*?loadServer: \(\) => import\('([^']+)'\)/gm // the same, what the server says

/** What the first page reads as soon as it is drawn, word for word as it asks for it. */
const READ = {
  '/': [
    '/providers?limit=100',
    '/connectors',
    '/notifications?status=unknown&limit=1',
    '/notifications?limit=5&status=held',
    '/notifications?limit=5&status=scheduled',
  ],
}

interface Chunk {
  readonly type: string
  readonly fileName: string
  readonly isEntry?: boolean
  readonly facadeModuleId?: string | null
  readonly imports?: readonly string[]
}

export function preloads(): Plugin {
  return {
    name: 'preloads',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      const chunks = Object.values(bundle as Record<string, Chunk>).filter(
        ({ type }) => type === 'chunk',
      )
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
      const byModule = new Map(chunks.map((chunk) => [chunk.facadeModuleId ?? '', chunk]))
      const entry = chunks.find(({ isEntry }) => isEntry)
      const known = new Set(entry ? withImports(entry, byName) : [])
      const needed = (text: string, folder: string, shape: RegExp) =>
        Object.fromEntries(
          [...text.matchAll(shape)].map(([, name = '', path = '']) => {
            const chunk = byModule.get(resolve(source, folder, path))
            return [
              name,
              chunk ? withImports(chunk, byName).filter((file) => !known.has(file)) : [],
            ]
          }),
        )
      const read = (path: string) => readFileSync(join(source, path), 'utf8')
      const languages = needed(read('lib/language.ts'), 'lib', LANGUAGE)
      for (const [name, files] of Object.entries(needed(read('lib/language.ts'), 'lib', SERVER)))
        languages[name]?.push(...files)
      const pages = needed(read('app/pages.ts'), 'app', PAGE)
      writeFileSync(join(dir, 'preloads.json'), JSON.stringify({ pages, languages, read: READ }))
    },
  }
}

function withImports(chunk: Chunk, byName: ReadonlyMap<string, Chunk>): string[] {
  const found = new Set<string>()
  const add = (each: Chunk) => {
    if (found.has(each.fileName)) return
    found.add(each.fileName)
    for (const name of each.imports ?? []) {
      const next = byName.get(name)
      if (next) add(next)
    }
  }
  add(chunk)
  return [...found]
}
