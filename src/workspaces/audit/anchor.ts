/**
 * Notes the heads of the audit chains outside of the database, in the log: whoever cuts a chain
 * together with its head, as the owner of the database can, cannot cut what was shipped elsewhere.
 */
import type { Logger } from 'pino'
import type { Db } from '../../db/db.ts'
import { listHeads } from './store.ts'

const PAGE = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

export async function anchorAudits(db: Pick<Db, 'engine'>, log: Logger): Promise<void> {
  let after = FIRST
  for (;;) {
    const heads = await listHeads(db.engine, { after, limit: PAGE })
    for (const { workspaceId, seq, hash } of heads)
      log.info({ workspace_id: workspaceId, anchor: `${seq}:${hash}` }, 'audit head')
    const last = heads.at(-1)
    if (!last || heads.length < PAGE) return
    after = last.workspaceId
  }
}
