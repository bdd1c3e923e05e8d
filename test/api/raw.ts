/** Speaks HTTP byte by byte, as no client library would. */
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
  /** All that came, when it was more than one answer. */
  readonly text: string
}

/**
 * Writes, and answers what came until the server closed. `readLate` does not look at what
 * comes before all is written, as simple clients do.
 */
export async function raw(
  port: number,
  parts: Iterable<string | Buffer>,
  { readLate = false }: { readLate?: boolean } = {},
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('latin1')
  let text = ''
  const read = (chunk: string | Buffer) => {
    text += chunk
  }
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  socket.on('error', () => {}) // told by what came, or did not
  socket.on('close', () => resolve())
  if (!readLate) socket.on('data', read)
  for (const part of parts) {
    if (!socket.writable) break
    await written(socket, part)
  }
  if (readLate) socket.on('data', read)
  await ended
  const [head = '', body = ''] = text.split('\r\n\r\n', 2)
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), head, body, text }
}

function written(socket: Socket, part: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = () => resolve()
    socket.once('close', done)
    socket.write(part, () => {
      socket.off('close', done)
      resolve()
    })
  })
}

/** A request up to its body. */
export function head(
  method: string,
  path: string,
  fields: readonly (readonly [name: string, value: string])[],
): string {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
