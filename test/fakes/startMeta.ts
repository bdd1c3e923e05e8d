/**
 * Starts metaServer.ts and tells it what there is: one per test file, closed in `after`.
 *
 * It keeps Meta's rules: free text only within 24 hours of what the person wrote (131047, told by a
 * failed status later where `lateRefusals` is set), approved templates only, a limit for each pair
 * where `pairSeconds` is set (131056), a signature on what it calls us with.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export interface MetaMessage {
  readonly id: string
  readonly to: string
  readonly type: string
  readonly body: Record<string, unknown>
  /** Milliseconds. */
  readonly at: number
}

export interface MetaState {
  /** Milliseconds; null: the real time. */
  now: number | null
  token: string
  phoneId: string
  appSecret: string | null
  /** Names of approved templates. */
  templates: string[]
  /** When somebody last wrote to the number, by wa_id. */
  wrote: Record<string, number>
  pairSeconds: number
  /** Takes free text outside of the window, and says by a status that it could not be delivered. */
  lateRefusals: boolean
  messages: MetaMessage[]
  /** The next `times` requests; status 0 resets the connection after the message was taken. */
  faults: {
    status: number
    code?: number
    times: number
    to?: string
    template?: string
    headers?: Record<string, string>
  }[]
  /** Messages refused, by their codes. */
  refused: number[]
  requests: number
  complaints: string[]
}

export type MetaControl = { n: number } & (
  | { do: 'tell' }
  | { do: 'set'; state: Partial<MetaState> }
  | { do: 'call'; url: string; value: readonly object[]; signed: boolean }
)

export interface MetaStatus {
  readonly id: string
  readonly status: 'sent' | 'delivered' | 'read' | 'failed'
  readonly recipient_id?: string
  readonly biz_opaque_callback_data?: string
  readonly errors?: readonly object[]
  /** Seconds; now by default. */
  readonly timestamp?: number
}

export interface MetaInbound {
  readonly from?: string
  readonly fromUserId?: string
  readonly text: string
  readonly id?: string
  readonly answers?: string
  readonly type?: string
  readonly name?: string
  /** Of the type system: the number that they have now. */
  readonly movedTo?: string
}

export interface FakeMeta {
  readonly baseUrl: string
  tell(): Promise<MetaState>
  set(state: Partial<MetaState>): Promise<void>
  /** Somebody writes to the number; the webhook at `url` is called. Answers the status. */
  write(
    url: string,
    messages: MetaInbound | readonly MetaInbound[],
    signed?: boolean,
  ): Promise<number>
  /** Somebody of ours writes to `to` with the WhatsApp Business app. */
  writeByHand(url: string, to: string, text: string): Promise<number>
  /** Tells of messages of ours, several in one body. */
  report(url: string, statuses: readonly MetaStatus[], signed?: boolean): Promise<number>
  close(): Promise<void>
}

export const META_TOKEN = 'meta-token'
export const META_PHONE_ID = '106540352242922'

export async function startMeta(): Promise<FakeMeta> {
  const child = fork(new URL('./metaServer.ts', import.meta.url), { execArgv: [] })
  const [{ port }] = await once(child, 'message')
  let n = 0
  let written = 0
  const ask = (control: Wanted) => send(child, { n: ++n, ...control })
  const tell = async () => (await ask({ do: 'tell' })).state
  const seconds = async () => Math.floor(((await tell()).now ?? Date.now()) / 1_000)
  const call = async (url: string, value: readonly object[], signed: boolean) =>
    (await ask({ do: 'call', url, value, signed })).status ?? 0
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    tell,
    set: async (state) => void (await ask({ do: 'set', state })),
    async write(url, given, signed = true) {
      const all = [given].flat() as MetaInbound[]
      const { wrote, now } = await tell()
      for (const { from, fromUserId, type = 'text' } of all)
        for (const whom of [from, fromUserId])
          if (whom && type !== 'reaction') wrote[whom] = now ?? Date.now()
      await ask({ do: 'set', state: { wrote } })
      const at = String(await seconds())
      const messages = all.map((each) => ({
        ...(each.from ? { from: each.from } : {}),
        ...(each.fromUserId ? { from_user_id: each.fromUserId } : {}),
        ...{ id: each.id ?? `wamid.in${++written}`, timestamp: at, type: each.type ?? 'text' },
        ...(each.answers ? { context: { id: each.answers } } : {}),
        ...contentOf(each),
      }))
      const contacts = all.map(({ from, fromUserId, name = 'Ada' }) => ({
        profile: { name },
        ...(from ? { wa_id: from } : {}),
        ...(fromUserId ? { user_id: fromUserId } : {}),
      }))
      return call(url, [{ contacts, messages }], signed)
    },
    async writeByHand(url, to, text) {
      const timestamp = String(await seconds())
      const about = { from: '15550783881', to, id: `wamid.hand${++written}`, timestamp }
      return call(
        url,
        [{ message_echoes: [{ ...about, type: 'text', text: { body: text } }] }],
        true,
      )
    },
    async report(url, given, signed = true) {
      const at = await seconds()
      const statuses = given.map((each) => ({ ...each, timestamp: String(each.timestamp ?? at) }))
      return call(url, [{ statuses }], signed)
    },
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

function contentOf({ type, text, answers, movedTo }: MetaInbound) {
  if (movedTo) return { system: { body: text, wa_id: movedTo, type: 'user_changed_number' } }
  if (type === 'reaction') return { reaction: { message_id: answers, emoji: text } }
  if (type === 'button') return { button: { payload: text, text } }
  return { text: { body: text } }
}

type Wanted = MetaControl extends infer C ? (C extends MetaControl ? Omit<C, 'n'> : never) : never

function send(
  child: ChildProcess,
  control: MetaControl,
): Promise<{ state: MetaState; status?: number }> {
  return new Promise((resolve) => {
    const listen = (answer: { n: number; state: MetaState; status?: number }) => {
      if (answer.n !== control.n) return
      child.off('message', listen)
      resolve(answer)
    }
    child.on('message', listen)
    child.send(control)
  })
}
