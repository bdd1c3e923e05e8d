/**
 * Processes beside the server: what serves (a sink, a reference) and what works (a load, a
 * reference's loop). They talk over IPC and end when their parent does.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'
import type { Context } from './bench.ts'

const folder = join(import.meta.dirname, '..')
const Ready = z.object({ port: z.number() })

function spawn(file: string, context: Context): ChildProcess {
  const child = fork(join(folder, file), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  context.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    if (child.connected) child.disconnect()
    await ended
  })
  return child
}

/** The next message, or what ended the process before it said anything. */
async function nextMessage(child: ChildProcess, file: string): Promise<unknown> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${file} ended with ${code} before it answered`)
    }),
  ])
  return message
}

export interface ServingChild {
  readonly port: number
  /** Hears what it tells by itself. */
  onMessage(listener: (message: unknown) => void): void
  /** Asks it something and waits for the next message that fits. */
  ask<T>(question: unknown, answer: z.ZodType<T>): Promise<T>
}

/** Returns when it listens. */
export async function serveBeside(file: string, context: Context): Promise<ServingChild> {
  const child = spawn(file, context)
  const { port } = Ready.parse(await nextMessage(child, file))
  return {
    port,
    onMessage: (listener) => void child.on('message', listener),
    ask(question, answer) {
      return new Promise((resolve) => {
        const hear = (message: unknown) => {
          const read = answer.safeParse(message)
          if (!read.success) return
          child.off('message', hear)
          resolve(read.data)
        }
        child.on('message', hear)
        child.send(question as object) // what IPC carries is an object
      })
    },
  }
}

/** Gives a process its task and answers what it found. */
export async function workBeside<T>(
  file: string,
  task: object,
  answer: z.ZodType<T>,
  context: Context,
): Promise<T> {
  const child = spawn(file, context)
  child.send(task)
  const message = await nextMessage(child, file)
  if (child.connected) child.disconnect()
  return answer.parse(message)
}
