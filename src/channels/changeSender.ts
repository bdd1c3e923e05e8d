/** Changes a sender, sets its status, removes it; and says who may not. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { audit } from '../workspaces/audit/audit.ts'
import { changesOf } from '../workspaces/audit/changes.ts'
import { newSettings, providerOf, type SenderContext } from './createSender.ts'
import { sealContext } from './directory.ts'
import type { SenderChange, SenderStatusChange } from './schema.ts'
import {
  deleteSender,
  findSender,
  lockSender,
  type SenderRow,
  updateSender,
  wakeLanes,
} from './store.ts'
import { openSettings } from './view.ts'

/** Begins the reason of what a person set; see provision.ts. */
export const BY_HAND = 'By hand'

export async function getSender(sql: Sql, workspaceId: string, id: string): Promise<SenderRow> {
  const row = await findSender(sql, workspaceId, id)
  if (!row) throw noSuchSender()
  return row
}

export async function changeSender(
  tx: Sql,
  workspaceId: string,
  { id, change }: { id: string; change: SenderChange },
  context: SenderContext,
): Promise<SenderRow> {
  const row = await lock(tx, workspaceId, id)
  if (row.origin === 'environment') {
    throw new AppError(
      'conflict',
      'This sender is set by the environment. Change it there, or make a copy: POST /providers/:id/copy.',
    )
  }
  const patch = {
    name: change.name,
    position: change.position,
    perSecond: change.per_second,
    onUnknown: change.on_unknown,
    cost: change.cost,
    settings: change.settings && sealedSettings(row, change.settings, context),
  }
  return update(tx, row, patch, {
    ...context,
    action: 'sender.changed',
    details: { fields: Object.keys(change) },
  })
}

/** Setting it active closes its circuit and makes what waits for it due. */
export async function setSenderStatus(
  tx: Sql,
  workspaceId: string,
  { id, change }: { id: string; change: SenderStatusChange },
  context: SenderContext,
): Promise<SenderRow> {
  const { status, reason } = change
  const row = await lock(tx, workspaceId, id)
  if (row.origin === 'builtin' && status === 'disabled') {
    throw new AppError(
      'conflict',
      'The sandbox cannot be disabled. Another sender of the channel takes its place by itself.',
    )
  }
  const statusReason = status === 'active' ? null : reason ? `${BY_HAND}: ${reason}` : BY_HAND
  if (status === 'active') await wakeLanes(tx, workspaceId, id, context.now)
  const note = {
    ...context,
    action: `sender.${status === 'active' ? 'activated' : status}`,
    details: {},
  }
  return update(tx, row, { status, statusReason }, note)
}

/** A sender that has sent something stays, for its messages refer to it. */
export async function removeSender(
  tx: Sql,
  workspaceId: string,
  id: string,
  { actor, now }: Pick<SenderContext, 'actor' | 'now'>,
): Promise<void> {
  const { origin } = await lock(tx, workspaceId, id)
  if (origin === 'builtin') throw new AppError('conflict', 'The sandbox cannot be deleted.')
  if (origin === 'environment') {
    throw new AppError(
      'conflict',
      'This sender is set by the environment. Take its variable out there, or disable it.',
    )
  }
  if (!(await deleteSender(tx, workspaceId, id))) {
    throw new AppError('conflict', 'Messages refer to this sender. Disable it instead.')
  }
  await audit(tx, workspaceId, { actor, at: now, action: 'sender.deleted', target: id })
}

function sealedSettings(
  row: SenderRow,
  change: NonNullable<SenderChange['settings']>,
  context: SenderContext,
): string {
  const { sealing } = context
  const settings = newSettings(providerOf(row), openSettings(row, sealing), change, context)
  return sealing.seal(JSON.stringify(settings), sealContext(row.workspaceId, row.id))
}

async function lock(tx: Sql, workspaceId: string, id: string): Promise<SenderRow> {
  const row = await lockSender(tx, workspaceId, id)
  if (!row) throw noSuchSender()
  return row
}

function noSuchSender(): AppError {
  return new AppError('not_found', 'There is no such sender.')
}

const factsOf = (row: SenderRow) => ({
  ...{ name: row.name, status: row.status, position: row.position, per_second: row.perSecond },
  ...{ on_unknown: row.onUnknown, cost: row.costAmount, cost_currency: row.costCurrency },
})

async function update(
  tx: Sql,
  row: SenderRow,
  patch: Parameters<typeof updateSender>[3],
  {
    actor,
    now,
    action,
    details,
  }: SenderContext & { action: string; details: Record<string, string[]> },
): Promise<SenderRow> {
  const { workspaceId, id } = row
  await updateSender(tx, workspaceId, id, patch, now)
  const after = await getSender(tx, workspaceId, id)
  const changes = changesOf(factsOf(row), factsOf(after))
  await audit(tx, workspaceId, {
    ...{ actor, at: now, action, target: id, details: { ...details, ...changes } },
  })
  return after
}
