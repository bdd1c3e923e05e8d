/** A TCP proxy in front of a server that cuts some answers off in their middle. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

export interface CutProxy {
  readonly url: string
  readonly cuts: number
  close(): void
}

/** `bytesFor` says after how many bytes of answer a new connection is cut; null for not at all. */
export async function startCutProxy(
  target: () => string,
  bytesFor: () => number | null,
): Promise<CutProxy> {
  let cuts = 0
  const server = createServer((client) => {
    const { hostname, port } = new URL(target())
    const upstream = connect(Number(port), hostname)
    let left = bytesFor()
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.on('data', (part) => upstream.write(part))
    upstream.on('data', (part: Buffer) => {
      if (left === null) return void client.write(part)
      if (part.length < left) {
        left -= part.length
        return void client.write(part)
      }
      cuts++
      client.write(part.subarray(0, left), () => client.resetAndDestroy())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    get cuts() {
      return cuts
    },
    close: () => void server.close(),
  }
}
