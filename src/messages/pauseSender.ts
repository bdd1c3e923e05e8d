/** A sender whose settings do not work waits for a person; who looks after the workspace is told, once for each pause. */
import type { Logger } from 'pino'
import type { Sender } from '../channels/directory.ts'
import { markPaused } from '../channels/store.ts'
import type { Db } from '../db/db.ts'
import { acceptIn } from './acceptIn.ts'
import { type Notice, prepareNotice } from './notice.ts'
import type { Directories, Prepared } from './prepare.ts'

export interface PauseDeps {
  readonly db: Db
  readonly log: Logger
  readonly directories: Directories
  readonly publicUrl: string
}

/** Nothing happens when it is not active any more: somebody was quicker. */
export async function pauseSender(sender: Sender, reason: string, deps: PauseDeps): Promise<void> {
  const { db, log, directories } = deps
  const { workspaceId, id, provider } = sender
  const now = db.clock.now()
  const notice = await noticeOf(sender, reason, deps)
  const paused = await db.engine.begin(async (tx) => {
    const row = await markPaused(tx, workspaceId, id, reason, now)
    if (row) await acceptIn(tx, notice, now)
    return row
  })
  directories.senders.forget(workspaceId)
  if (!paused) return
  const about = { workspace_id: workspaceId, sender_id: id, provider: provider.id, reason }
  log.error({ ...about, told: notice.length }, 'sender paused: its settings need a person')
}

/** That nobody can be told keeps no sender from being paused. */
async function noticeOf(sender: Sender, reason: string, deps: PauseDeps): Promise<Prepared[]> {
  const { db, log, directories } = deps
  try {
    const { name } = await directories.workspaces.get(sender.workspaceId)
    const notice = words(sender, { reason, workspace: name, publicUrl: deps.publicUrl })
    return await prepareNotice(db.engine, directories, sender, notice, db.clock.now())
  } catch (error) {
    log.warn({ err: error, sender_id: sender.id }, 'nobody could be told of a paused sender')
    return []
  }
}

function words(
  { name, provider }: Sender,
  { reason, workspace, publicUrl }: { reason: string; workspace: string; publicUrl: string },
): Notice {
  return {
    subject: `${oneLine(name)} is paused: its settings do not work`,
    text: [
      `${provider.name} refused the sender "${name}" of ${workspace}, so it is paused and its messages wait.`,
      reason,
      `Mend its settings and activate it: ${publicUrl}/app/senders`,
    ].join('\n\n'),
  }
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ')
