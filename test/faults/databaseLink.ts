/**
 * What lies between a server and its PostgreSQL: a TCP proxy that can hold every packet back for
 * a while, or go silent without closing anything, as a link does whose other end is gone.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface DatabaseLink {
  readonly port: number
  /** Connections that are open now. */
  readonly open: number
  /** Every packet is this late, in both directions. */
  delay(ms: number): void
  /** Nothing passes any more, on connections that are there and on new ones; nobody is told. */
  silence(): void
  /** New connections pass; those that went silent stay so, as if a router had forgotten them. */
  forget(): void
  /** Closes every connection, and refuses new ones until `restore`. */
  cut(): void
  restore(): void
  close(): void
}

export async function startDatabaseLink(to: {
  socketDir: string
  port: number
}): Promise<DatabaseLink> {
  const pairs = new Map<Socket, { upstream: Socket; silent: boolean }>()
  let late = 0
  let silent = false
  let refusing = false
  const server = createServer((client) => {
    if (refusing) return void client.resetAndDestroy()
    const upstream = connect(`${to.socketDir}/.s.PGSQL.${to.port}`)
    const pair = { upstream, silent }
    pairs.set(client, pair)
    client.setNoDelay(true)
    const passTo = (receiver: Socket) => {
      const onTheWay: Buffer[] = [] // in their order: what was held back longer is not overtaken
      return (part: Buffer) => {
        if (pair.silent) return
        if (late === 0 && onTheWay.length === 0) return void receiver.write(part)
        onTheWay.push(part)
        setTimeout(() => {
          const next = onTheWay.shift()
          if (next && !pair.silent) receiver.write(next)
        }, late)
      }
    }
    client.on('data', passTo(upstream))
    upstream.on('data', passTo(client))
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => {
        pairs.delete(client)
        // A link that is gone tells neither end that the other has left.
        if (!pair.silent) other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const end = () => {
    for (const [client, { upstream }] of pairs) {
      client.destroy()
      upstream.destroy()
    }
  }
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    get open() {
      return pairs.size
    },
    delay(ms) {
      late = ms
    },
    silence() {
      silent = true
      for (const pair of pairs.values()) pair.silent = true
    },
    forget() {
      silent = false
    },
    cut() {
      refusing = true
      end()
    },
    restore() {
      refusing = false
    },
    close() {
      server.close()
      end()
    },
  }
}
