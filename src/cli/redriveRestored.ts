/** `beckon redrive --status restored`: lets go what a restore holds, or ends it. */
import type { TransactionSql } from 'postgres'
import { inWorkspace } from '../db/db.ts'
import {
  dropRestored,
  type Fate,
  releaseRestored,
  settleBeginnings,
  settleRuns,
} from './restored.ts'
import type { Tool } from './tool.ts'

const AT_ONCE = 1_000 // in one transaction

interface What {
  readonly fate: Fate
  /** Null: all, with runs, schedules and events. */
  readonly channel: string | null
  readonly limit: number
}

export async function redriveRestored(
  { db, out }: Tool,
  workspaceId: string,
  { fate, channel, limit }: What,
): Promise<void> {
  const settle = fate === 'drop' ? dropRestored : releaseRestored
  const messages = await inBatches(limit, async (tx, some, now) => {
    const ids = await settle(tx, workspaceId, { channel, limit: some }, now)
    return ids.length
  })
  const told = fate === 'drop' ? { cancelled: messages } : { requeued: messages }
  const words = `${messages} messages ${fate === 'drop' ? 'cancelled' : 'queued again'}`
  if (channel !== null) return out.result(told, () => `${words}.`)
  const runs = await inBatches(limit, (tx, some, now) =>
    settleRuns(tx, workspaceId, { fate, limit: some }, now),
  )
  const { schedules, events } = await inWorkspace(db, workspaceId, (tx) =>
    settleBeginnings(tx, workspaceId, fate, db.clock.now()),
  )
  out.result({ ...told, runs, schedules, events }, () =>
    fate === 'drop'
      ? `${words}; ${runs} runs, ${schedules} schedules and ${events} events dropped.`
      : `${words}; ${runs} runs go on, ${schedules} schedules begin, ${events} events are reacted to.`,
  )

  async function inBatches(
    most: number,
    work: (tx: TransactionSql, some: number, now: Date) => Promise<number>,
  ): Promise<number> {
    let done = 0
    while (done < most) {
      const some = Math.min(AT_ONCE, most - done)
      const count = await inWorkspace(db, workspaceId, (tx) => work(tx, some, db.clock.now()))
      done += count
      if (count < some) break
    }
    return done
  }
}
