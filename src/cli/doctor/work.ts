/** What waits, what failed, and whether anybody works on it. */
import type { Db } from '../../db/db.ts'
import { countHeld, type HeldSince } from '../../journeys/restored.store.ts'
import { hasWorker } from '../ground.store.ts'
import { type Finding, fail, pass, warn } from './finding.ts'
import { readWorkload, type Workload } from './store.ts'

const PATIENCE_MS = 60_000 // due work is taken within a second, and after a crash within 35
const DAY_MS = 86_400_000

export async function checkWork(db: Db): Promise<Finding[]> {
  const now = db.clock.now()
  const since = new Date(now.getTime() - PATIENCE_MS)
  const day = new Date(now.getTime() - DAY_MS)
  const load = await readWorkload(db.engine, { now, since, day })
  const worked = await hasWorker(db.engine)
  const held = await countHeld(db.engine, null)
  return [
    ...[checkQueue(load, worked), ...checkMessages(load), ...checkRestored(held)],
    ...[...checkCallbacks(load), owner(load)],
  ]
}

function checkQueue({ overdueLanes }: Workload, worked: boolean): Finding {
  const check = 'queue'
  if (overdueLanes === 0)
    return pass(check, worked ? 'Nothing is late.' : 'Nothing is late; no worker runs.')
  return worked
    ? warn(
        check,
        'Messages have been due for more than a minute.',
        'See the log of the server; start more workers if it is busy.',
      )
    : fail(check, 'Messages are due and no worker runs.', 'Start `beckon serve` or `beckon work`.')
}

function checkMessages({ unknown, failed }: Workload): Finding[] {
  const check = 'messages'
  const found: Finding[] = []
  if (unknown > 0) {
    const mend =
      '`beckon messages list --status unknown` shows them; settle each by PUT /notifications/:id/status, or `beckon redrive --status unknown --yes`.'
    found.push(warn(check, `${unknown} are unknown: nobody knows whether they arrived.`, mend))
  }
  if (failed > 0) {
    const mend =
      '`beckon messages list --status failed` tells why; `beckon journey retry <name>` writes those of a journey anew; then `beckon redrive --status failed` sends the others again.'
    found.push(warn(check, `${failed} failed in the last 24 hours.`, mend))
  }
  return found.length > 0
    ? found
    : [pass(check, 'None is unknown, none failed in the last 24 hours.')]
}

function checkRestored({ messages, runs, schedules, events }: HeldSince): Finding[] {
  if (messages + runs + schedules + events === 0) return []
  const detail = `${messages} messages, ${runs} runs, ${schedules} schedules and ${events} events of journeys are held since a restore.`
  const mend =
    '`beckon redrive --status restored --yes` lets them go, with --drop it ends them; `beckon messages cancel <id>` ends one.'
  return [warn('restore', detail, mend)]
}

function checkCallbacks({ callbacksFailed, callbacksWaiting }: Workload): Finding[] {
  const check = 'callbacks'
  const found: Finding[] = []
  if (callbacksFailed > 0) {
    const mend =
      '`beckon callbacks list --status failed` tells why; `beckon callbacks process --failed` tries them again.'
    found.push(warn(check, `${callbacksFailed} of vendors could not be processed.`, mend))
  }
  if (callbacksWaiting > 0) {
    const mend = 'Start `beckon serve` if it is stopped; else see its log.'
    found.push(warn(check, `${callbacksWaiting} of vendors wait to be processed.`, mend))
  }
  return found.length > 0 ? found : [pass(check, 'None failed, none waits.')]
}

function owner({ owners }: Workload): Finding {
  if (owners > 0) return pass('owner', 'Somebody owns it.')
  const mend =
    'Open the link that `beckon serve` prints, or `beckon user create --email … --role owner`.'
  return warn('owner', 'There is no owner who could sign in.', mend)
}
