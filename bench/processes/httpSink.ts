/**
 * A receiver of webhooks that answers 204 to everything and keeps only the first request; it
 * tells its parent over IPC how many it has, and since when.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tellArrivals } from '../harness/task.ts'

const arrivals: { count: number; at: number; sample: unknown } = {
  count: 0,
  at: 0,
  sample: undefined,
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    arrivals.count++
    arrivals.at = performance.timeOrigin + performance.now()
    arrivals.sample ??= { headers: request.rawHeaders, body: Buffer.concat(parts).toString('utf8') }
    response.writeHead(204).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port }) // it listens on a port
})
tellArrivals(arrivals)
