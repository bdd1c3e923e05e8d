/** Starts engineProcess.ts, and does to it what befalls processes. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { DatabaseAddress } from '../../src/db/db.ts'

export interface WorkerOrder {
  readonly address: DatabaseAddress
  /** 32 bytes in hex: opens the settings of senders. */
  readonly key: string
}

export interface WorkerStats {
  readonly claimed: number
  readonly recovered: number
  readonly fenced: number
}

export interface WorkerProcess {
  /** As the table `processes` and the leases name it. */
  readonly processId: string
  output(): string
  stats(): Promise<WorkerStats>
  kill(): Promise<void>
  freeze(): void
  thaw(): void
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>
}

export async function startWorker(order: WorkerOrder): Promise<WorkerProcess> {
  const child = fork(new URL('./engineProcess.ts', import.meta.url), [JSON.stringify(order)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let output = ''
  child.stderr?.on('data', (part: Buffer) => {
    output = (output + part.toString()).slice(-20_000)
  })
  const gone = once(child, 'exit')
  const [first] = await Promise.race([once(child, 'message'), gone])
  const { processId } = Object(first)
  if (typeof processId !== 'string') throw new Error(`a worker did not start:\n${output}`)
  return {
    processId,
    output: () => output,
    async stats() {
      const answered = once(child, 'message')
      child.send('stats')
      const [answer] = await answered
      return answer.stats
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGTERM')
      await gone
      return child.exitCode
    },
  }
}
