/**
 * Where hits wait while the database is away: a folder of small files, each written once.
 *
 * A file gets its name only when it is whole and on disk, so whatever has the name can be
 * read by anybody, also by another process that shares the folder, and twice: hits have
 * ids, and the same id again is the same hit.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { uuid7 } from '../../lib/uuid7.ts'
import type { NewHit } from '../store/hits.ts'

const NAME = /^hits-[0-9a-f-]{36}\.jsonl$/

export interface Spool {
  /** Resolves when the hits would survive a power cut. */
  write(hits: readonly NewHit[]): Promise<void>
  /** Names of whole files, oldest first. */
  files(): Promise<string[]>
  read(name: string): Promise<NewHit[]>
  remove(name: string): Promise<void>
  /** Puts hits that the database refuses aside, for people to look at. */
  setAside(hits: readonly NewHit[]): Promise<void>
}

export function createSpool(dir: string): Spool {
  return {
    write: (hits) => writeWhole(dir, `hits-${uuid7()}.jsonl`, hits),
    async files() {
      return (await namesIn(dir)).filter((name) => NAME.test(name)).sort()
    },
    async read(name) {
      const lines = (await readFile(join(dir, name), 'utf8')).split('\n')
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as NewHit) // written by `write`
    },
    remove: (name) => rm(join(dir, name), { force: true }),
    setAside: (hits) => writeWhole(dir, `refused-${uuid7()}.jsonl`, hits),
  }
}

async function writeWhole(dir: string, name: string, hits: readonly NewHit[]): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const draft = join(dir, `${name}.part`)
  try {
    await writeDurably(draft, hits.map((hit) => `${JSON.stringify(hit)}\n`).join(''))
    await rename(draft, join(dir, name))
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}) // what went wrong first is told
    throw error
  }
  const folder = await open(dir, 'r')
  try {
    await folder.sync() // the new name is part of the folder
  } finally {
    await folder.close()
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
