/**
 * Connections that the environment names: made, brought up to date, and disabled when their variable
 * is gone. Each start is a new try for what a fault had paused; what a person paused stays so.
 */

import { BY_HAND } from '../channels/changeSender.ts'
import type { Sealing } from '../channels/settings.ts'
import type { Sql } from '../db/db.ts'
import { sealContext } from './directory.ts'
import type { ConnectionVariables } from './environment.ts'
import { type WantedConnection, wantedConnections } from './environment.ts'
import { scheduleTasks } from './schedule.ts'
import {
  type ConnectionRow,
  insertConnection,
  listConnections,
  lockConnection,
  updateConnection,
} from './store/connections.ts'

const GONE = 'Its variable is no longer set in the environment.'

export interface Provisioning {
  readonly sealing: Sealing
  readonly publicUrl: string
}

/** Safe to repeat, and in several processes at once. */
export async function provisionConnections(
  tx: Sql,
  workspaceId: string,
  variables: ConnectionVariables,
  { sealing, publicUrl }: Provisioning,
  now: Date,
): Promise<void> {
  const wanted = wantedConnections(workspaceId, variables)
  for (const each of wanted) await bring(tx, workspaceId, each, { sealing, publicUrl }, now)
  const ids = new Set(wanted.map((each) => each.id))
  for (const row of await listConnections(tx, workspaceId)) {
    if (row.origin !== 'environment' || ids.has(row.id) || row.status === 'disabled') continue
    const gone = { status: 'disabled', statusReason: GONE } as const
    await updateConnection(tx, workspaceId, row.id, gone, now)
  }
}

async function bring(
  tx: Sql,
  workspaceId: string,
  { id, connector, settings }: WantedConnection,
  { sealing, publicUrl }: Provisioning,
  now: Date,
): Promise<void> {
  const text = JSON.stringify(settings)
  const sealed = sealing.seal(text, sealContext(workspaceId, id))
  const made = { workspaceId, id, connector: connector.id, name: connector.name, settings: sealed }
  await insertConnection(tx, { ...made, origin: 'environment', createdAt: now })
  const row = await lockConnection(tx, workspaceId, id)
  if (!row) return
  const changed = storedText(row, sealing) !== text
  const back = row.status === 'disabled' && row.statusReason === GONE
  const mended = row.status === 'paused' && !row.statusReason?.startsWith(BY_HAND)
  await updateConnection(
    tx,
    workspaceId,
    id,
    {
      ...(changed ? { settings: sealed } : {}),
      ...(back || mended ? { status: 'active' as const, statusReason: null } : {}),
      ...(back ? { since: now } : {}),
    },
    now,
  )
  await scheduleTasks(tx, { row, connector, settings }, { publicUrl, now, anew: back })
}

function storedText(row: ConnectionRow, sealing: Sealing): string | null {
  try {
    return sealing.unseal(row.settings, sealContext(row.workspaceId, row.id))
  } catch {
    return null // sealed with a key that is no longer ours
  }
}
