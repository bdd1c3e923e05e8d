/** Starts webhookSinkServer.ts and reads its books. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLedger } from '../helpers/smtpSink.ts'

export interface WebhookSinkOptions {
  readonly ledger: string
  readonly thinkMs: number
}

export interface Call {
  readonly at: number
  readonly id: string
  /** A repetition, which the vendor answered and otherwise ignored. */
  readonly again: boolean
}

export interface WebhookSink {
  readonly url: string
  calls(): Promise<readonly Call[]>
  close(): Promise<void>
}

export async function startWebhookSink({ thinkMs = 0 } = {}): Promise<WebhookSink> {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-vendor-'))
  const settings: WebhookSinkOptions = { ledger: join(folder, 'ledger'), thinkMs }
  const child = fork(
    new URL('./webhookSinkServer.ts', import.meta.url),
    [JSON.stringify(settings)],
    {
      execArgv: [],
    },
  )
  const [{ port }] = await once(child, 'message')
  return {
    url: `http://127.0.0.1:${port}/hook`,
    calls: createLedger<Call>(settings.ledger),
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
      await rm(folder, { recursive: true })
    },
  }
}
