/**
 * The limit: a message that is ready as bytes, over and over, its body and the next envelope
 * in one write (RFC 2920). Composes nothing, stores nothing, looks at nothing but the codes.
 */
import { connect } from 'node:net'
import { z } from 'zod'
import { runTask } from '../harness/task.ts'

const ENVELOPE = 'MAIL FROM:<shop@example.com>\r\nRCPT TO:<person@mail.example>\r\nDATA\r\n'

const Task = z.object({
  port: z.number(),
  connections: z.number(),
  messages: z.number(),
  mime: z.string(),
})

await runTask(Task, async ({ port, connections, messages, mime }) => {
  const body = Buffer.from(`${mime}\r\n.\r\n`, 'latin1')
  const bodyAndEnvelope = Buffer.concat([body, Buffer.from(ENVELOPE)])
  let begun = 0

  /** Replies come in order: three for an envelope, and one for each body before it. */
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      let rest = ''
      const begin = () => {
        begun++
        socket.write(ENVELOPE)
      }
      let greeted = false
      let over = false
      const take = (line: string) => {
        if (line.startsWith('220')) socket.write('EHLO bench\r\n')
        else if (!greeted && line.startsWith('250 ')) {
          greeted = true
          if (begun < messages) begin()
          else socket.end()
        } else if (line.startsWith('354')) {
          over = begun >= messages
          if (!over) begun++
          socket.write(over ? body : bodyAndEnvelope)
        } else if (!line.startsWith('250')) reject(new Error(line))
        else if (over && line.startsWith('250 ')) socket.end()
      }
      socket.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString('latin1')).split('\r\n')
        rest = lines.pop() ?? ''
        for (const line of lines) take(line)
      })
      socket.on('close', () => resolve())
      socket.on('error', reject)
    })

  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, run))
  return { perSecond: messages / ((performance.now() - startedAt) / 1_000) }
})
