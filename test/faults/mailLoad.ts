/** Clients that hand in mail without pause, each request until it is answered by 202. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../helpers/api.ts'

const CLIENTS = 4
const BATCH = 20
const LAST_TRIES = 500 // of a client that is asked to stop

export function startMailLoad(call: Api) {
  const acknowledged: string[] = []
  const statuses = new Map<number, number>()
  let broken = 0
  let running = true
  let lastSuccessAt = 0
  const client = async (name: number) => {
    for (let n = 0; running; n++) {
      const batch = Array.from({ length: BATCH }, (_, at) => ({
        ...{ to: `p${name}-${n}-${at}@example.org`, channel: 'email' },
        ...{ subject: 'Once', message: 'Once.' },
      }))
      const headers = { 'idempotency-key': `${name}-${n}` }
      for (let tries = 0; running || tries < LAST_TRIES; tries++) {
        const answer = await call('POST', '/notifications', batch, headers).catch(() => null)
        if (!answer) broken++
        else statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        if (answer?.status === 202) {
          lastSuccessAt = performance.now()
          acknowledged.push(...answer.json.data.map(({ id }: { id: string }) => id))
          break
        }
        await sleep(20)
      }
      await sleep(10)
    }
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)))
  return {
    lastSuccessAt: () => lastSuccessAt,
    async stop() {
      running = false
      await clients
      return { acknowledged, statuses, broken }
    },
  }
}
