/**
 * Erases a person from the log of requests, with all else that is held about them. The log may be long, so
 * this is a job, piece by piece; it begins when every process has written what it noted before, and the
 * request that asked for it. That requests were made stays.
 */
import { z } from 'zod'
import { type Db, inWorkspace, type Sql } from '../../db/db.ts'
import { enqueue } from '../../jobs/enqueue.ts'
import type { Handler } from '../../jobs/jobs.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { forgetNext, insertErasure } from './forget.store.ts'

export const FORGET_JOB = 'requests.forget'

const SETTLE_MS = 3_000 // what is noted is written within one second
const SPAN = 2_000 // requests of one transaction
const BUDGET_MS = 20_000 // of one job; the rest is the next one's

const Data = z.object({ workspace_id: z.uuid(), erasure_id: z.uuid() })

export async function eraseRequests(
  sql: Sql,
  workspaceId: string,
  subject: {
    readonly contactIds: readonly string[]
    readonly externalIds: readonly string[]
    readonly addresses: readonly { readonly address: string }[]
  },
  now: Date,
): Promise<void> {
  const id = uuid7(+now)
  const addresses = subject.addresses.map((each) => each.address)
  const ids = [...new Set([...subject.contactIds, ...subject.externalIds])]
  await insertErasure(sql, workspaceId, { id, addresses, ids })
  const data = { workspace_id: workspaceId, erasure_id: id }
  await enqueue(sql, FORGET_JOB, data, { after: new Date(+now + SETTLE_MS) })
}

export const forgetJob =
  (db: Db): Handler =>
  async (data, signal) => {
    const { workspace_id: workspaceId, erasure_id: id } = Data.parse(data)
    const until = performance.now() + BUDGET_MS
    for (let isMore = true; isMore; ) {
      const isOver = signal.aborted || performance.now() > until
      if (isOver)
        return enqueue(db.engine, FORGET_JOB, { workspace_id: workspaceId, erasure_id: id })
      isMore = await inWorkspace(db, workspaceId, (tx) =>
        forgetNext(tx, workspaceId, { id, span: SPAN }),
      )
    }
  }
