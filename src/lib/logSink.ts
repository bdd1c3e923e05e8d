/**
 * Where log lines go: a file descriptor that may be full, closed or slow. Not writing a line must
 * never hold up or end the server, so lines are kept for a while, then dropped, and how many
 * were is said once there is room again. (pino's own destination throws what it cannot write, and then
 * tries for ever while the process ends.)
 */
import { write, writeSync } from 'node:fs'

const MAX_KEPT = 1024 * 1024 // characters that wait
const RETRY_MS = 1_000
const LAST_WAIT_MS = 100 // for what another thread is writing, when the process ends
const LAST_TRIES = 100 // of a pipe that takes nothing at the moment, when the process ends

interface LogSink {
  write(line: string): void
  /** Writes what waits, as far as it can be written; for the end of the process. */
  flush(): void
}

export function createLogSink(fd: number): LogSink {
  let kept: string[] = []
  let size = 0
  let lost = 0
  let busy = false
  let rest: Buffer | null = null

  const take = (): Buffer => {
    const said =
      lost > 0 ? [`${JSON.stringify({ level: 'warn', lost, event: 'log lines lost' })}\n`] : []
    const text = Buffer.from([...said, ...kept].join(''))
    kept = []
    size = lost = 0
    return text
  }
  const next = () => {
    if (busy || (rest === null && kept.length === 0)) return
    busy = true
    rest ??= take()
    write(fd, rest, (error, written) => {
      const left: Buffer = rest?.subarray(error ? 0 : written) ?? Buffer.alloc(0)
      rest = left.length > 0 ? left : null
      busy = false
      if (error) setTimeout(next, RETRY_MS).unref()
      else next()
    })
  }
  return {
    write(line) {
      if (size + line.length > MAX_KEPT) {
        lost++
        return
      }
      kept.push(line)
      size += line.length
      next()
    },
    flush() {
      // What is being written comes first, and is not seen to end without a turn of the loop.
      if (busy) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_WAIT_MS)
      let text = busy ? take() : Buffer.concat([rest ?? Buffer.alloc(0), take()])
      rest = null
      for (let tries = 0; text.length > 0 && tries < LAST_TRIES; tries++) {
        try {
          text = text.subarray(writeSync(fd, text))
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return
        }
      }
    },
  }
}
