/** Starts smtpSinkServer.ts and reads what it wrote down. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SinkOptions {
  readonly ledger: string
  /** Keep each mail as it came, byte for byte (as latin1). */
  readonly keepRaw: boolean
  /** Between writing a mail down and saying so: what a killed client never hears. */
  readonly thinkMs: number
}

export interface Arrival {
  readonly at: number
  readonly messageId: string
  readonly to: readonly string[]
  readonly raw: string | null
}

export interface SmtpSink {
  readonly url: string
  /** All that arrived until now. */
  arrivals(): Promise<readonly Arrival[]>
  close(): Promise<void>
}

export async function startSmtpSink(
  options: { keepRaw?: boolean; thinkMs?: number } = {},
): Promise<SmtpSink> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-sink-'))
  const { keepRaw = false, thinkMs = 0 } = options
  const settings: SinkOptions = { ledger: join(folder, 'ledger'), keepRaw, thinkMs }
  const child = fork(new URL('./smtpSinkServer.ts', import.meta.url), [JSON.stringify(settings)], {
    execArgv: [],
  })
  const [{ port }] = await once(child, 'message')
  const read = createLedger<Arrival>(settings.ledger)
  return {
    url: `smtp://127.0.0.1:${port}`,
    arrivals: read,
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
      await rm(folder, { recursive: true })
    },
  }
}

/** Reads a file of JSON lines that another process writes; each call reads on from the last. */
export function createLedger<T>(path: string): () => Promise<readonly T[]> {
  const entries: T[] = []
  let position = 0
  let rest = ''
  return async () => {
    const file = await open(path).catch(() => undefined) // nothing arrived yet
    if (!file) return entries
    try {
      const { size } = await file.stat()
      const { buffer } = await file.read(
        Buffer.alloc(size - position),
        0,
        size - position,
        position,
      )
      position = size
      const lines = (rest + buffer.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) entries.push(JSON.parse(line) as T) // as its writer wrote it
    } finally {
      await file.close()
    }
    return entries
  }
}

/** Our id of a message, from the Message-ID that it travels under. */
export function idOf({ messageId }: Pick<Arrival, 'messageId'>): string {
  return messageId.slice(0, 36)
}
