/**
 * Close and Discord, as far as an alert needs them: every lead has a name, every message is taken.
 * Tells its parent over IPC when each alert arrived, by the email that it names.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { endWithParent } from '../harness/task.ts'

let messages = 0

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const at = performance.timeOrigin + performance.now()
    const { method = 'GET', url = '/' } = request
    const lead = /\/lead\/(\w+)\//.exec(url)?.[1]
    const answer = (body: unknown) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    if (lead) return answer({ id: lead, display_name: `Lead ${lead}`, name: `Lead ${lead}` })
    if (method !== 'POST') return answer({ data: [], has_more: false, cursor_next: null })
    const subject = /Offer (\d+)/.exec(Buffer.concat(parts).toString('utf8'))?.[1]
    if (subject !== undefined) process.send?.({ alert: Number(subject), at })
    answer({ id: String(++messages) })
  })
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port }) // it listens on a port
})
endWithParent()
