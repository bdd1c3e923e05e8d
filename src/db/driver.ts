/**
 * The driver `postgres`, mended as it is loaded. Take it from here, never from the package.
 *
 * Version 3.4.9 forgets, when a connection closes, that its next write was called off. Either
 * that write then meets a socket that is gone, and the process dies of a TypeError that nobody
 * can catch, or the connection never writes again and whoever is given it waits in vain
 * (porsager/postgres issues 1066, 1154, 1208). A busy server meets both within a few restarts
 * of its database.
 *
 * What is asked between a connection's error and its close goes to that connection still, and is
 * neither sent nor refused: whoever tries again as soon as they are told waits for ever. So an error is told
 * with the close, when the connection is out of use, and the close refuses whatever is left.
 *
 * A connection that closed keeps the query and the refusal it had. The next server that refuses it (the database
 * is gone, is starting, has no room) is then taken to answer that query, and whoever waits for the new
 * connection waits for as long as it is refused.
 *
 * And it waits without end for an answer on a connection whose other end is gone: silence.ts
 * watches each as it is made.
 */
import { registerHooks } from 'node:module'

const FILE = '/postgres/src/connection.js'
const CLOSING = /^ {4}clearImmediate\(nextWriteTimer\)$/gm // in terminate() and closed()
const WRITING = /^ {2}function nextWrite\(fn\) \{$/gm
const FAILING = /^ {4}(x|socket)\.on\('error', error\)$/gm // in createSocket() and secure()
const LEFT = /^ {4}!hadError && \(query \|\| sent\.length\) && (error\(.*\))$/gm // in closed()
const AGAIN = /^ {4}if \(initial\)\n {6}return reconnect\(\)$/gm // in closed()
const CONNECTED = /^ {6}socket\.on\('data', data\)$/gm // in connected()
const LAST = /^ {4}, final = null$/gm // of a connection's variables
const REMEMBERED = "    $1.on('error', (cause) => { failure ??= cause })"
const WATCHING = `$&
      watch(socket, options, () => query || sent.length > 0 ? backend.pid : null)`
const FORGET = '\n      query = results = errorResponse = null, rows = 0'
const TOLD = `    if (failure) {
      error(failure)${FORGET}
      failure = null
    }
`
const silence = new URL('./silence.ts', import.meta.url).href

/** Throws where the source is not the one that was read: look whether it still needs this. */
export function mended(source: string): string {
  const places = [LAST, CLOSING, WRITING, FAILING, LEFT, AGAIN, CONNECTED].map(
    (each) => source.match(each)?.length,
  )
  if (places.join() !== '1,2,1,2,1,1,1') {
    throw new Error('The driver postgres is not the version that src/db/driver.ts mends.')
  }
  return `import { watch } from ${JSON.stringify(silence)}\n${source}`
    .replace(CONNECTED, WATCHING)
    .replace(LEFT, `    if (query || sent.length) $1${FORGET}`)
    .replace(LAST, '$&, failure = null')
    .replace(FAILING, REMEMBERED)
    .replace(AGAIN, `${TOLD}    if (initial) {${FORGET}\n      return reconnect()\n    }`)
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
