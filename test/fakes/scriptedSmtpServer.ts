/** An SMTP server that does exactly what a script says, faults included. */
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface ScriptedServer {
  readonly port: number
  /** Connections made so far. */
  readonly connections: () => number
  close(): Promise<void>
}

/**
 * Runs `script` for each connection, counted from 0. A script that ends leaves the
 * connection open; one whose peer left is simply over.
 */
export async function scriptedServer(
  script: (peer: Peer, connection: number) => Promise<void>,
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    script(new Peer(socket), connections++).catch((error: unknown) => {
      if (!(error instanceof PeerLeft)) throw error
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port, not on a pipe
  return {
    port,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

class PeerLeft extends Error {}

const allFeatures = ['PIPELINING', '8BITMIME', 'SIZE 100000000', 'SMTPUTF8']

export class Peer {
  readonly socket: Socket
  #received = ''
  #left = false
  #wake: () => void = () => {}

  constructor(socket: Socket) {
    this.socket = socket
    const leave = () => {
      this.#left = true
      this.#wake()
    }
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1')
      this.#wake()
    })
    socket.on('end', leave).on('close', leave).on('error', leave)
  }

  /** What has arrived and was not read yet. */
  get pending(): string {
    return this.#received
  }

  say(...lines: string[]) {
    this.socket.write(Buffer.from(lines.map((line) => `${line}\r\n`).join('')))
  }

  /** Reads one command. */
  line(): Promise<string> {
    return this.#until('\r\n')
  }

  /** Reads a body up to its final dot. */
  async body(): Promise<string> {
    if (this.#received === '') await this.#more()
    if (this.#received.startsWith('.\r\n')) return this.#until('.\r\n')
    return this.#until('\r\n.\r\n')
  }

  async #until(end: string): Promise<string> {
    while (!this.#received.includes(end)) await this.#more()
    const at = this.#received.indexOf(end)
    const text = this.#received.slice(0, at)
    this.#received = this.#received.slice(at + end.length)
    return text
  }

  async #more(): Promise<void> {
    if (this.#left) throw new PeerLeft()
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }

  /** Greeting and EHLO. */
  async greet(features: readonly string[] = allFeatures) {
    this.say('220 scripted ESMTP')
    await this.hello(features)
  }

  async hello(features: readonly string[] = allFeatures) {
    await this.line()
    const lines = ['scripted', ...features]
    this.say(...lines.map((line, i) => `250${i === lines.length - 1 ? ' ' : '-'}${line}`))
  }

  /** Reads MAIL, RCPT and DATA, whatever else; returns them. Answers come from the script. */
  async envelope(): Promise<string[]> {
    return [await this.line(), await this.line(), await this.line()]
  }

  /** Takes one message like a server in order. */
  async accept(): Promise<string> {
    await this.envelope()
    this.say('250 2.1.0 ok', '250 2.1.5 ok', '354 go')
    const body = await this.body()
    this.say('250 2.0.0 queued')
    return body
  }

  /** Takes whatever comes, until the peer leaves. */
  async acceptAll(): Promise<never> {
    for (;;) {
      const line = await this.line()
      if (line === 'QUIT') this.say('221 bye')
      else if (line !== 'DATA') this.say('250 ok')
      else {
        this.say('354 go')
        await this.body()
        this.say('250 2.0.0 queued')
      }
    }
  }

  /** Ends the connection at once, with a reset when bytes are still unread. */
  cut() {
    this.socket.destroy()
  }
}
