/** Bare node:http that answers the same bytes as ours to pixels and links, and keeps nothing. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { endWithParent } from '../harness/task.ts'

const Answer = z.object({ status: z.number(), headers: z.array(z.string()), body: z.base64() })
const Answers = z.object({ pixel: Answer, link: Answer })

let pixel = { status: 503, headers: [] as string[], body: Buffer.alloc(0) }
let link = pixel

process.on('message', (message) => {
  const answers = Answers.parse(message)
  pixel = { ...answers.pixel, body: Buffer.from(answers.pixel.body, 'base64') }
  link = { ...answers.link, body: Buffer.from(answers.link.body, 'base64') }
  process.send?.({ known: true })
})

const server = createServer((request, response) => {
  const answer = request.url?.startsWith('/api/track/open/') ? pixel : link
  response.writeHead(answer.status, answer.headers)
  response.end(answer.body)
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port }) // it listens on a port
})
endWithParent()
