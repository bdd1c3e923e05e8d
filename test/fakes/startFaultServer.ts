/** Starts faultServer.ts and tells it what to do: one per test file, closed in `after`. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

export type Behaviour =
  | { do: 'reply'; status: number; headers?: Record<string, string>; body?: string }
  | { do: 'gzip'; body: string }
  /** Repeats what it was asked, secrets and all, as some servers' error pages do. */
  | { do: 'echo'; status: number }
  | { do: 'hang' }
  /** Resets the connection once the request is read. */
  | { do: 'cut' }
  /** Promises 1000 bytes, sends a few, closes. */
  | { do: 'half' }
  /** Answers in another protocol. */
  | { do: 'garbage' }
  /** Sends a byte now and then and never ends. */
  | { do: 'drip' }
  | { do: 'endless'; bytes: number }

export interface Received {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

export type Control = { n: number; name: string } & (
  | { do: 'define'; behaviour: Behaviour }
  | { do: 'tell' }
)

export interface FaultServer {
  /** Where requests of this scenario go; append a path. */
  url(name: string): string
  /** Forgets what the scenario received. */
  define(name: string, behaviour: Behaviour): Promise<string>
  received(name: string): Promise<Received[]>
  close(): Promise<void>
}

export async function startFaultServer(): Promise<FaultServer> {
  const child = fork(new URL('./faultServer.ts', import.meta.url), { execArgv: [] })
  const [{ port }] = await once(child, 'message')
  const url = (name: string) => `http://127.0.0.1:${port}/${name}`
  let n = 0
  return {
    url,
    async define(name, behaviour) {
      await ask(child, { n: ++n, name, do: 'define', behaviour })
      return url(name)
    },
    received: (name) => ask(child, { n: ++n, name, do: 'tell' }),
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

function ask(child: ChildProcess, control: Control): Promise<Received[]> {
  return new Promise((resolve) => {
    const listen = (answer: { n: number; received: Received[] }) => {
      if (answer.n !== control.n) return
      child.off('message', listen)
      resolve(answer.received)
    }
    child.on('message', listen)
    child.send(control)
  })
}

/** An address of this machine at which nothing listens. */
export async function refusedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 1}/refused`
}
