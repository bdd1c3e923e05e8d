/**
 * The driver `postgres`, mended as it is loaded. Take it from here, never from the package.
 *
 * Version 3.4.9 forgets, when a connection closes, that its next write was called off. Either
 * that write then meets a socket that is gone, and the process dies of a TypeError that nobody
 * can catch, or the connection never writes again and whoever is given it waits in vain
 * (porsager/postgres issues 1066, 1154, 1208). A busy server meets both within a few restarts
 * of its database.
 */
import { registerHooks } from 'node:module'

const FILE = '/postgres/src/connection.js'
const CLOSING = /^ {4}clearImmediate\(nextWriteTimer\)$/gm // in terminate() and closed()
const WRITING = /^ {2}function nextWrite\(fn\) \{$/gm

/** Throws where the source is not the one that was read: look whether it still needs this. */
export function mended(source: string): string {
  if (source.match(CLOSING)?.length !== 2 || source.match(WRITING)?.length !== 1) {
    throw new Error('The driver postgres is not the version that src/db/driver.ts mends.')
  }
  return source
    .replaceAll(CLOSING, '$&\n    chunk = nextWriteTimer = null')
    .replace(WRITING, '$&\n    if (socket === null) return void (chunk = nextWriteTimer = null)')
}

const hooks = registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    return url.endsWith(FILE) ? { ...loaded, source: mended(String(loaded.source)) } : loaded
  },
})
export const { default: postgres } = await import('postgres')
hooks.deregister()
