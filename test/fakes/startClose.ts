/** Starts closeServer.ts and tells it what there is: one per test file, closed in `after`. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export interface FakeOpen {
  readonly opened_at: string
  readonly ip_address: string
  readonly user_agent: string
  readonly opened_by: string
}

export interface FakeEmail {
  readonly id: string
  readonly lead_id: string
  readonly contact_id: string | null
  readonly direction: 'outgoing' | 'incoming'
  readonly status: string
  readonly subject: string
  readonly sender: string
  readonly to: readonly string[]
  readonly date_sent: string | null
  readonly date_created: string
  readonly activity_at: string
  readonly opens: readonly FakeOpen[]
}

export interface FakeEvent {
  readonly id: string
  readonly object_type: string
  readonly object_id: string
  readonly lead_id: string | null
  readonly action: 'created' | 'sent' | 'updated'
  /** Without an offset, as Close writes them. */
  readonly date_created: string
  readonly date_updated: string
  readonly changed_fields: readonly string[]
  readonly data: unknown
  readonly previous_data: unknown
}

export interface FakeContact {
  readonly id: string
  readonly name: string | null
  readonly title: string | null
  readonly emails: readonly { email: string; type: string }[]
  readonly phones: readonly { phone: string; type: string }[]
  readonly date_updated: string
  readonly [custom: `custom.cf_${string}`]: unknown
}

export interface FakeWebhook {
  id: string
  url: string
  events: readonly { object_type: string; action: string }[]
  status: string
  signature_key?: string
}

export interface FakeState {
  /** Milliseconds. */
  now: number
  key: string
  admin: boolean
  emails: Record<string, FakeEmail>
  /** Names by id. */
  leads: Record<string, string>
  contacts: FakeContact[]
  events: FakeEvent[]
  webhooks: FakeWebhook[]
  /** The next `times` requests whose path begins so; status 0 resets the connection. */
  faults: { path: string; status: number; times: number; headers?: Record<string, string> }[]
  requests: { method: string; path: string; query: string; body: string }[]
  /** Requests that Close's OpenAPI does not allow. */
  complaints: string[]
}

export type FakeControl = { n: number } & (
  | { do: 'tell' }
  | { do: 'set'; state: Partial<FakeState> }
  | { do: 'email'; email: FakeEmail; event: FakeEvent }
  | { do: 'deliver'; event: FakeEvent; key: string | null; url: string }
)

export interface FakeClose {
  readonly baseUrl: string
  tell(): Promise<FakeState>
  set(state: Partial<FakeState>): Promise<void>
  /** Changes an email, and tells of it in the event log. */
  email(email: FakeEmail, event: FakeEvent): Promise<void>
  /** Calls a webhook, signed with `key`; answers the status. */
  deliver(event: FakeEvent, to: { key: string | null; url: string }): Promise<number>
  close(): Promise<void>
}

export async function startClose(): Promise<FakeClose> {
  const child = fork(new URL('./closeServer.ts', import.meta.url), { execArgv: [] })
  child.setMaxListeners(0) // one for each question that waits
  const [{ port }] = await once(child, 'message')
  let n = 0
  const ask = (control: Wanted) => send(child, { n: ++n, ...control })
  return {
    baseUrl: `http://127.0.0.1:${port}/api/v1`,
    tell: async () => (await ask({ do: 'tell' })).state,
    set: async (state) => void (await ask({ do: 'set', state })),
    email: async (email, event) => void (await ask({ do: 'email', email, event })),
    deliver: async (event, to) => (await ask({ do: 'deliver', event, ...to })).status ?? 0,
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

type Wanted = FakeControl extends infer C ? (C extends FakeControl ? Omit<C, 'n'> : never) : never

function send(
  child: ChildProcess,
  control: FakeControl,
): Promise<{ state: FakeState; status?: number }> {
  return new Promise((resolve) => {
    const listen = (answer: { n: number; state: FakeState; status?: number }) => {
      if (answer.n !== control.n) return
      child.off('message', listen)
      resolve(answer)
    }
    child.on('message', listen)
    child.send(control)
  })
}

/** As the event log writes times. */
export const plain = (at: Date) => at.toISOString().replace('Z', '')
