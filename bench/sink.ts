/**
 * An SMTP server that takes everything and keeps nothing but the first message, in a process
 * of its own: it advertises PIPELINING, counts messages, and tells its parent over IPC how
 * many it has, and since when. Speaks RFC 5321 just far enough; a body ends at CRLF.CRLF.
 */
import { createServer, type Socket } from 'node:net'
import { tellArrivals } from './harness/task.ts'

const END = Buffer.from('\r\n.\r\n')
const DATA_REPLY = Buffer.from('354 go ahead\r\n')
const OK = Buffer.from('250 2.0.0 ok\r\n')
const arrivals: { count: number; at: number; sample: unknown } = {
  count: 0,
  at: 0,
  sample: undefined,
}

function serve(socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0)
  let inData = false
  socket.setNoDelay(true)
  socket.write('220 sink ESMTP\r\n')
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk
    const replies: Buffer[] = []
    let at = 0
    for (;;) {
      if (inData) {
        const end = pending.indexOf(END, Math.max(0, at - 2))
        if (end === -1) break
        arrivals.sample ??= pending.toString('latin1', at + 2, end + 2)
        at = end + END.length
        inData = false
        arrivals.count++
        replies.push(OK)
        continue
      }
      const eol = pending.indexOf('\r\n', at)
      if (eol === -1) break
      const verb = pending.toString('latin1', at, at + 4).toUpperCase()
      at = eol + 2
      if (verb === 'DATA') {
        inData = true
        // The empty line before the first header may itself be the body's first CRLF.
        at -= 2
        replies.push(DATA_REPLY)
      } else if (verb === 'EHLO')
        replies.push(Buffer.from('250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n'))
      else if (verb === 'QUIT') {
        replies.push(Buffer.from('221 bye\r\n'))
      } else replies.push(OK)
    }
    pending = pending.subarray(at)
    if (replies.length === 0) return
    arrivals.at = performance.timeOrigin + performance.now()
    socket.write(replies.length === 1 ? (replies[0] ?? OK) : Buffer.concat(replies))
  })
}

const server = createServer(serve)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
tellArrivals(arrivals)
