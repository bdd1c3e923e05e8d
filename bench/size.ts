/** What an idle server costs, how soon it is there, and how many packages it needs. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, type Bench } from './harness/bench.ts'
import { countPackages } from './harness/packages.ts'
import { freshDataDir, startServer } from './harness/server.ts'

const name = 'size'
const WARM_STARTS = 3

export const size: Bench = {
  name,
  async run(context) {
    const dataDir = await freshDataDir(context)
    const first = await startServer(context, {}, dataDir)
    await first.stop()
    const starts: number[] = []
    let memory = 0
    for (let n = 0; n < WARM_STARTS; n++) {
      const server = await startServer(context, {}, dataDir)
      starts.push(server.startMs)
      if (n === WARM_STARTS - 1) {
        await sleep(context.quick ? 2_000 : 15_000) // it comes to rest
        memory = await residentMegabytes(server.pid)
      }
      await server.stop()
    }
    const warm = starts.toSorted((a, b) => a - b)[1] ?? Number.NaN
    const packages = countPackages(['mjml'])
    return [
      atMost({ bench: name, what: 'server process, idle', value: memory, unit: 'MB' }, 200),
      atMost(
        {
          bench: name,
          what: `warm start, median of ${WARM_STARTS}`,
          value: warm / 1_000,
          unit: 's',
        },
        2,
      ),
      atMost(
        {
          bench: name,
          what: 'first start on a fresh data folder',
          value: first.startMs / 1_000,
          unit: 's',
        },
        15,
      ),
      atMost(
        {
          bench: name,
          what: 'production packages, without mjml’s',
          value: packages,
          unit: 'packages',
        },
        250,
      ),
    ]
  },
}

/** Of the server process alone, as Linux counts it; NaN elsewhere. */
async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1_024
}
