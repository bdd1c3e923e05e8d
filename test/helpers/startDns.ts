/** Starts dnsServer.ts and tells it what names have. */
import { fork } from 'node:child_process'
import { once } from 'node:events'

export type Zone = Readonly<
  Record<string, 'silent' | readonly (readonly ['A' | 'CNAME' | 'PTR' | 'TXT', string])[]>
>

export interface FakeDns {
  /** As DNS_SERVERS takes it. */
  readonly address: string
  /** Instead of what was there. */
  set(zone: Zone): Promise<void>
  /** The names it was asked for since. */
  asked(): Promise<readonly string[]>
  close(): Promise<void>
}

export async function startDns(): Promise<FakeDns> {
  const child = fork(new URL('./dnsServer.ts', import.meta.url), { execArgv: [] })
  const [{ port }] = await once(child, 'message')
  const tell = async (told: { zone?: Zone }): Promise<readonly string[]> => {
    const answer = once(child, 'message')
    child.send(told)
    const [asked] = await answer
    return asked
  }
  return {
    address: `127.0.0.1:${port}`,
    async set(zone) {
      await tell({ zone })
    },
    asked: () => tell({}),
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
