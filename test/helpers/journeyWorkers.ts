/** Starts journeys engines in processes of their own, and kills them. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestDatabase } from './database.ts'

export interface JourneyOrder {
  readonly address: TestDatabase['address']
  /** Hex. */
  readonly key: string
}

export interface JourneyWorker {
  /** kill -9; resolves when it is dead. */
  kill(): Promise<void>
}

const KEY = '11'.repeat(32)

export async function startJourneyWorker({ address }: TestDatabase): Promise<JourneyWorker> {
  const order: JourneyOrder = { address, key: KEY }
  const path = join(import.meta.dirname, 'journeyProcess.ts')
  const child = fork(path, [JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [ready] = await once(child, 'message')
  if (ready !== 'ready') throw new Error('the worker did not start')
  return {
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
