/** Starts mondayServer.ts and tells it what there is: one per test file, closed in `after`. */
import { type ChildProcess, fork } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'

export interface FakeItem {
  id: string
  name: string
  board: string
  state: 'active' | 'archived' | 'deleted'
  created_at: string
  phone: { phone: string; country_short_name: string } | null
  /** Null: empty. */
  status: string | null
  status_at: string
  updates: { text_body: string; created_at: string }[]
  /** Of other columns, by their ids. */
  texts?: Record<string, string>
  updated_at?: string
}

export interface MondayState {
  /** Milliseconds. */
  now: number
  token: string
  board: string
  /** More of them, with the same columns. */
  otherBoards: string[]
  /** Of the status column, by index. */
  labels: string[]
  items: FakeItem[]
  webhooks: { id: string; url: string; event: string }[]
  /** Where webhooks' addresses lead in truth, such as http://127.0.0.1:8000; null: as they say. */
  reach: string | null
  /** The next `times` requests; status 0 resets the connection after the request was done. */
  faults: { status: number; times: number; body?: unknown; headers?: Record<string, string> }[]
  /** How many more requests have complexity for them; null: all. It does not come back by itself. */
  budget: number | null
  /** Names of the root fields that were asked for, in order. */
  calls: string[]
  /** Requests that monday's schema does not allow. */
  complaints: string[]
}

export type MondayControl = { n: number } & (
  | { do: 'tell' }
  | { do: 'set'; state: Partial<MondayState> }
  | { do: 'item'; item: FakeItem }
  | { do: 'deliver'; url: string; body: unknown; headers?: Record<string, string> }
)

export interface FakeMonday {
  readonly baseUrl: string
  tell(): Promise<MondayState>
  set(state: Partial<MondayState>): Promise<void>
  /** Adds an item, or changes the one of its id. Tells nobody. */
  item(item: Partial<FakeItem> & { id: string }): Promise<FakeItem>
  /** Calls a webhook about an item, as monday does; answers the status. */
  created(itemId: string, url: string, headers?: Record<string, string>): Promise<number>
  /** A person, or whoever `userId` is, has changed the status. */
  changed(
    itemId: string,
    url: string,
    userId?: number,
    /** What the webhook says it was changed to, and from; else it does not say. */
    more?: { label?: string; before?: string; columnId?: string; headers?: Record<string, string> },
  ): Promise<number>
  close(): Promise<void>
}

export const BOARD = '1771812698'

/** The Authorization header of an app's webhooks (RFC 7519). */
export function mondayJwt(
  claims: object,
  { secret = 'signing', alg = 'HS256' }: { secret?: string; alg?: string } = {},
): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg, typ: 'JWT' })}.${part(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}
let triggers = 0

export async function startMonday(): Promise<FakeMonday> {
  const child = fork(new URL('./mondayServer.ts', import.meta.url), { execArgv: [] })
  const [{ port }] = await once(child, 'message')
  let n = 0
  const ask = (control: Wanted) => send(child, { n: ++n, ...control })
  const tell = async () => (await ask({ do: 'tell' })).state
  const deliver = async (itemId: string, url: string, more: object, headers = {}) => {
    const { now } = await tell()
    const event = {
      ...{ userId: 9603417, originalTriggerUuid: null, boardId: Number(BOARD) },
      ...{ pulseId: Number(itemId), groupId: 'topics', columnValues: {}, app: 'monday' },
      ...{ triggerTime: new Date(now).toISOString(), subscriptionId: 73759690 },
      ...{ triggerUuid: `trigger-${++triggers}`, ...more },
    }
    return (await ask({ do: 'deliver', url, body: { event }, headers })).status ?? 0
  }
  return {
    baseUrl: `http://127.0.0.1:${port}/v2`,
    tell,
    set: async (state) => void (await ask({ do: 'set', state })),
    async item(given) {
      const { items, now } = await tell()
      const at = new Date(now).toISOString()
      const known = items.find(({ id }) => id === given.id) ?? {
        ...{ name: 'Ada', board: BOARD, state: 'active' as const, created_at: at, phone: null },
        ...{ status: null, status_at: at, updates: [] },
      }
      const item = { ...known, ...given }
      await ask({ do: 'item', item })
      return item
    },
    created: (id, url, headers) => deliver(id, url, { type: 'create_pulse' }, headers),
    changed(id, url, userId = 9603417, { label, before, columnId = 'status', headers } = {}) {
      const as = (text?: string) => (text === undefined ? null : { label: { index: 1, text } })
      const event = {
        ...{ type: 'update_column_value', columnId, userId },
        ...{ value: as(label), previousValue: as(before) },
      }
      return deliver(id, url, event, headers)
    },
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

type Wanted = MondayControl extends infer C
  ? C extends MondayControl
    ? Omit<C, 'n'>
    : never
  : never

function send(
  child: ChildProcess,
  control: MondayControl,
): Promise<{ state: MondayState; status?: number }> {
  return new Promise((resolve) => {
    const listen = (answer: { n: number; state: MondayState; status?: number }) => {
      if (answer.n !== control.n) return
      child.off('message', listen)
      resolve(answer)
    }
    child.on('message', listen)
    child.send(control)
  })
}
