/**
 * A vendor that keeps its own books: every call is a line in a file before it is answered,
 * and of calls with the same `webhook-id` only the first counts, as the standard asks.
 * In a process of its own, started by webhookSink.ts.
 *
 *   {"at": …, "id": "…", "again": false}
 */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { WebhookSinkOptions } from './webhookSink.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as WebhookSinkOptions // written by webhookSink.ts
const known = new Set<string>()

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const id = String(request.headers['webhook-id'])
    const line = { at: Date.now(), id, again: known.has(id) }
    known.add(id)
    appendFileSync(options.ledger, `${JSON.stringify(line)}\n`)
    setTimeout(() => response.writeHead(200).end('{"ok":true}'), options.thinkMs)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
process.on('disconnect', () => process.exit(0))
