/** A sender whose settings do not work waits for a person; who looks after the workspace is told, once for each pause. */
import type { Logger } from 'pino'
import type { Sender } from '../channels/directory.ts'
import { markPaused } from '../channels/store.ts'
import type { Db } from '../db/db.ts'
import { acceptIn } from './acceptIn.ts'
import type { Directories } from './facts.ts'
import { type Notice, prepareNotice } from './notice.ts'

interface PauseDeps {
  readonly db: Db
  readonly log: Logger
  readonly directories: Directories
  readonly publicUrl: string
}

/** Nothing happens when it is not active any more: somebody was quicker. */
export async function pauseSender(sender: Sender, reason: string, deps: PauseDeps): Promise<void> {
  const { db, log, directories } = deps
  const { workspaceId, id, provider } = sender
  const paused = await markPaused(db.engine, workspaceId, id, reason, db.clock.now())
  directories.senders.forget(workspaceId)
  if (!paused) return
  const told = await tell(sender, reason, deps)
  const about = { workspace_id: workspaceId, sender_id: id, provider: provider.id, reason, told }
  log.error(about, 'sender paused: its settings need a person')
}

/** How many were told. By itself: that nobody can be told keeps no sender from being paused. */
async function tell(sender: Sender, reason: string, deps: PauseDeps): Promise<number> {
  const { db, log, directories } = deps
  try {
    const { name } = await directories.workspaces.get(sender.workspaceId)
    const notice = words(sender, { reason, workspace: name, publicUrl: deps.publicUrl })
    const now = db.clock.now()
    const prepared = await prepareNotice(db.engine, directories, sender, notice, now)
    await db.engine.begin((tx) => acceptIn(tx, prepared, now))
    return prepared.length
  } catch (error) {
    log.warn({ err: error, sender_id: sender.id }, 'nobody could be told of a paused sender')
    return 0
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
