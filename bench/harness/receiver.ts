/** A sink as a bench sees it: how many it has, and when which one arrived. */
import { z } from 'zod'
import type { Context } from './bench.ts'
import { type ServingChild, serveBeside } from './child.ts'

const Told = z.object({ accepted: z.number(), at: z.number() })

export interface Receiver {
  readonly port: number
  readonly child: ServingChild
  readonly accepted: number
  /** When the `count`-th arrived, in ms since 1970. Throws when nothing comes for `patienceMs`. */
  reached(count: number, patienceMs?: number): Promise<number>
}

const PATIENCE_MS = 60_000

export async function startReceiver(file: string, context: Context): Promise<Receiver> {
  const child = await serveBeside(file, context)
  let accepted = 0
  let at = 0
  let hear: () => void = () => {}
  child.onMessage((message) => {
    const told = Told.safeParse(message)
    if (!told.success) return
    accepted = told.data.accepted
    at = told.data.at
    hear()
  })
  return {
    port: child.port,
    child,
    get accepted() {
      return accepted
    },
    reached(count, patienceMs = PATIENCE_MS) {
      return new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout
        const wait = () => {
          clearTimeout(timer)
          if (accepted >= count) {
            hear = () => {}
            return resolve(at)
          }
          timer = setTimeout(() => {
            hear = () => {}
            reject(new Error(`${accepted} of ${count} arrived, then nothing for ${patienceMs} ms`))
          }, patienceMs)
        }
        hear = wait
        wait()
      })
    },
  }
}
