/** Starts discordServer.ts: one per test file, closed in `after`. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export interface DiscordState {
  /** As they look now. */
  messages: { id: string; body: unknown; at: number }[]
  edits: { id: string; body: unknown }[]
  /** The next `times` requests; status 0 resets the connection, with `swallow` once it is taken. */
  faults: { status: number; times: number; body?: unknown; swallow?: boolean }[]
  /** Requests that Discord's OpenAPI does not allow. */
  complaints: string[]
  requests: number
  /** The webhook was deleted. */
  gone: boolean
  /** What the webhook allows; what is over it is answered 429 and counted in `limited`. */
  bucket: { requests: number; perMs: number }
  limited: number
}

export type DiscordControl = { n: number } & (
  | { do: 'tell' }
  | { do: 'set'; state: Partial<DiscordState> }
)

export interface FakeDiscord {
  /** To be pasted as DISCORD_WEBHOOK_URL. */
  readonly webhookUrl: string
  tell(): Promise<DiscordState>
  set(state: Partial<DiscordState>): Promise<void>
  close(): Promise<void>
}

export async function startDiscord(): Promise<FakeDiscord> {
  const child = fork(new URL('./discordServer.ts', import.meta.url), { execArgv: [] })
  const [{ port }] = await once(child, 'message')
  let n = 0
  return {
    webhookUrl: `http://127.0.0.1:${port}/api/v10/webhooks/1/token-of-a-fake`,
    tell: () => ask(child, { n: ++n, do: 'tell' }),
    set: async (state) => void (await ask(child, { n: ++n, do: 'set', state })),
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

function ask(child: ChildProcess, control: DiscordControl): Promise<DiscordState> {
  return new Promise((resolve) => {
    const listen = (answer: { n: number; state: DiscordState }) => {
      if (answer.n !== control.n) return
      child.off('message', listen)
      resolve(answer.state)
    }
    child.on('message', listen)
    child.send(control)
  })
}
