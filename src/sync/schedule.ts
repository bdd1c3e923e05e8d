/** What is to be done for a connection, and from when. */
import type { Connector } from '../connectors/connector.ts'
import type { Sql } from '../db/db.ts'
import { listTasks, SUBSCRIBE, scheduleTask } from './store/tasks.ts'
import { canBeCalled } from './subscribe.ts'

export interface Scheduled {
  readonly row: { readonly workspaceId: string; readonly id: string }
  readonly connector: Connector
  readonly settings: unknown
}

/** `anew`: nothing of before counts. */
export async function scheduleTasks(
  tx: Sql,
  { row, connector, settings }: Scheduled,
  { publicUrl, now, anew = false }: { publicUrl: string; now: Date; anew?: boolean },
): Promise<void> {
  const { workspaceId, id: connectionId } = row
  const key = { workspaceId, connectionId }
  for (const [task, source] of Object.entries(connector.sources)) {
    const dueAt = source.everySeconds(settings) === null ? null : now
    await scheduleTask(tx, { ...key, task }, dueAt, { anew })
  }
  const subscribes = connector.callbacks?.subscribe !== undefined && canBeCalled(publicUrl)
  const known = await listTasks(tx, workspaceId, [connectionId])
  if (subscribes || known.some((each) => each.task === SUBSCRIBE))
    await scheduleTask(tx, { ...key, task: SUBSCRIBE }, subscribes ? now : null)
}
