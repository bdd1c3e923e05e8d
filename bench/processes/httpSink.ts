/**
 * A receiver of webhooks that answers 204 to everything and keeps only the first request; it
 * tells its parent over IPC how many it has, and since when.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { endWithParent } from '../harness/task.ts'

const TELL_MS = 2
let accepted = 0
let acceptedAt = 0
let sample: { headers: string[]; body: string } | undefined

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    accepted++
    acceptedAt = performance.timeOrigin + performance.now()
    sample ??= { headers: request.rawHeaders, body: Buffer.concat(parts).toString('utf8') }
    response.writeHead(204).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port }) // it listens on a port
})
let told = 0
setInterval(() => {
  if (accepted !== told) process.send?.({ accepted: (told = accepted), at: acceptedAt })
}, TELL_MS)
process.on('message', () => process.send?.({ sample }))
endWithParent()
