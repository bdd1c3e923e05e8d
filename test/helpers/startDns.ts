/** Starts dnsServer.ts and tells it what names have. */
import { fork } from 'node:child_process'
import { once } from 'node:events'

export type Zone = Readonly<
  Record<string, 'silent' | readonly (readonly ['A' | 'CNAME' | 'TXT', string])[]>
>

export interface FakeDns {
  /** As DNS_SERVERS takes it. */
  readonly address: string
  /** Instead of what was there. */
  set(zone: Zone): Promise<void>
  close(): Promise<void>
}

export async function startDns(): Promise<FakeDns> {
  const child = fork(new URL('./dnsServer.ts', import.meta.url), { execArgv: [] })
  const [{ port }] = await once(child, 'message')
  return {
    address: `127.0.0.1:${port}`,
    async set(zone) {
      const done = once(child, 'message')
      child.send(zone)
      await done
    },
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
