/**
 * CPU time that the server and its database took, for `say`: on a busy machine it tells more
 * than the clock does. Linux only.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from './bench.ts'
import type { TestedServer } from './server.ts'

const TICK_US = 10_000 // microseconds; USER_HZ is 100 on every Linux that Node runs on

interface Spent {
  readonly server: number
  readonly database: number
}

/** Call what it returns when `count` things are done. */
export async function startMeter(context: Context, server: TestedServer) {
  const before = await spent(server)
  return async (count: number, thing: string) => {
    const after = await spent(server)
    if (!before || !after) return
    const each = (part: keyof Spent) => Math.round((after[part] - before[part]) / count)
    context.say(`CPU per ${thing}: server ${each('server')} µs, database ${each('database')} µs`)
  }
}

async function spent({ pid, dataDir }: TestedServer): Promise<Spent | undefined> {
  const path = join(dataDir, 'postgres/postmaster.pid')
  const postmaster = Number((await readFile(path, 'utf8')).split('\n')[0])
  let found: Spent = { server: 0, database: 0 }
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    // After the name in brackets, which may hold spaces: state, parent, …; utime and stime are 12th and 13th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const used = (Number(fields[11]) + Number(fields[12])) * TICK_US
    if (Number(name) === pid) found = { ...found, server: used }
    else if (Number(fields[1]) === postmaster) {
      found = { ...found, database: found.database + used }
    }
  }
  return found.server > 0 ? found : undefined
}
