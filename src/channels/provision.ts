/**
 * Senders that nobody typed: the sandbox of every channel, and those that the environment
 * names. Their ids follow from workspace and name, so each start finds the same rows.
 */
import type { Sql } from '../db/db.ts'
import { BY_HAND } from './changeSender.ts'
import { channelIds } from './channel.ts'
import { sealContext } from './directory.ts'
import { derivedId, type SenderVariables, type Wanted, wantedSenders } from './environment.ts'
import type { Provider } from './provider.ts'
import type { Sealing, Settings } from './settings.ts'
import {
  insertSenders,
  listSenders,
  type SenderPatch,
  type SenderRow,
  updateSender,
  wakeLanes,
} from './store.ts'
import { openSettings } from './view.ts'

/** The ten built-in sandboxes. Safe to repeat, and in several processes at once. */
export async function provisionWorkspace(
  sql: Sql,
  workspaceId: string,
  now: Date,
  seal: Sealing['seal'],
): Promise<void> {
  const rows = channelIds.map((channel) => {
    const id = derivedId(workspaceId, `sandbox/${channel}`)
    return {
      ...{ workspaceId, id, channel },
      provider: 'sandbox',
      name: 'Sandbox',
      settings: seal('{}', sealContext(workspaceId, id)),
      origin: 'builtin' as const,
      position: 0,
      perSecond: null,
      onUnknown: 'hold' as const,
      createdAt: now,
    }
  })
  await insertSenders(sql, rows)
}

const GONE = 'Its variable is no longer set in the environment.'

/**
 * Brings the environment's senders up to date: new ones are made, changed ones changed, those
 * whose variable is gone disabled. What a person paused or disabled stays so; what a fault of
 * the old settings paused works again with new ones. Throws one Error that lists every fault.
 */
export async function provisionFromEnvironment(
  sql: Sql,
  workspaceId: string,
  config: SenderVariables,
  now: Date,
  sealing: Sealing,
): Promise<void> {
  const wanted = wantedSenders(workspaceId, config)
  const rows = await listSenders(sql, workspaceId)
  const known = new Map(
    rows.filter((row) => row.origin === 'environment').map((row) => [row.id, row]),
  )
  for (const each of wanted) {
    const row = known.get(each.id)
    known.delete(each.id)
    const settings = sealing.seal(JSON.stringify(each.settings), sealContext(workspaceId, each.id))
    if (!row) {
      await insertSenders(sql, [newRow(workspaceId, { ...each, settings }, now)])
      continue
    }
    const patch = patchFor(row, { ...each, sealed: settings }, sealing)
    if (patch) await updateSender(sql, workspaceId, each.id, patch, now)
    if (patch?.status === 'active') await wakeLanes(sql, workspaceId, each.id, now)
  }
  for (const row of known.values()) {
    if (row.status === 'disabled') continue
    await updateSender(sql, workspaceId, row.id, { status: 'disabled', statusReason: GONE }, now)
  }
}

/** The environment's senders that a start would change: by the name of their provider. */
export function notTakenIn(
  rows: readonly SenderRow[],
  workspaceId: string,
  config: SenderVariables,
  sealing: Sealing,
): string[] {
  const wanted = new Map(wantedSenders(workspaceId, config).map((each) => [each.id, each]))
  const known = new Map(rows.map((row) => [row.id, row]))
  const changed = [...wanted.values()].filter(({ id, settings }) => {
    const row = known.get(id)
    return !row || row.statusReason === GONE || !isStored(row, settings, sealing)
  })
  const gone = rows.filter(
    ({ id, origin, status }) =>
      origin === 'environment' && status !== 'disabled' && !wanted.has(id),
  )
  return [...changed.map(({ provider }) => provider.name), ...gone.map(({ name }) => name)]
}

function newRow(
  workspaceId: string,
  { id, provider, settings }: { id: string; provider: Provider; settings: string },
  now: Date,
) {
  return {
    ...{ workspaceId, id, settings },
    channel: provider.channel,
    provider: provider.id,
    name: provider.name,
    origin: 'environment' as const,
    position: 0,
    perSecond: null,
    onUnknown: 'hold' as const,
    createdAt: now,
  }
}

/** Undefined when nothing changed. */
function patchFor(
  row: SenderRow,
  { settings, sealed }: Wanted & { sealed: string },
  sealing: Sealing,
): SenderPatch | undefined {
  const changed = !isStored(row, settings, sealing)
  const back = row.status === 'disabled' && row.statusReason === GONE
  const mended = changed && row.status === 'paused' && !row.statusReason?.startsWith(BY_HAND)
  if (!changed && !back) return undefined
  return {
    ...(changed ? { settings: sealed } : {}),
    ...(back || mended ? { status: 'active', statusReason: null } : {}),
  }
}

function isStored(row: SenderRow, settings: Settings, sealing: Sealing): boolean {
  try {
    return JSON.stringify(openSettings(row, sealing)) === JSON.stringify(settings)
  } catch {
    return false // sealed with a key that is no longer ours
  }
}
