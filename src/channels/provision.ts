/**
 * Senders that nobody typed: the sandbox of every channel, and those that the environment
 * names. Their ids follow from workspace and name, so each start finds the same rows.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { Sql } from '../db/db.ts'
import { BY_HAND } from './changeSender.ts'
import { channelIds } from './channel.ts'
import { sealContext } from './directory.ts'
import { discord } from './discord/discord.ts'
import { smtp } from './email/smtp.ts'
import { smtpSettingsFromUrl } from './email/smtpUrl.ts'
import type { Provider } from './provider.ts'
import type { Sealing, Settings } from './settings.ts'
import { slack } from './slack/slack.ts'
import {
  insertSenders,
  listSenders,
  type SenderPatch,
  type SenderRow,
  updateSender,
  wakeLanes,
} from './store.ts'
import { teams } from './teams/teams.ts'
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

export type SenderVariables = Pick<
  Config,
  | 'SMTP_URL'
  | 'EMAIL_FROM'
  | 'DISCORD_WEBHOOK_URL'
  | 'DISCORD_BASE_URL'
  | 'SLACK_WEBHOOK_URL'
  | 'SLACK_BASE_URL'
  | 'TEAMS_WEBHOOK_URL'
>

interface Wanted {
  readonly id: string
  readonly provider: Provider
  readonly settings: Settings
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

function wantedSenders(workspaceId: string, config: SenderVariables): Wanted[] {
  const faults: string[] = []
  const wanted: Wanted[] = []
  const add = (name: string, provider: Provider, read: () => unknown) => {
    try {
      const settings = provider.settings.parse(read()) as Settings // every provider's are an object
      wanted.push({ id: derivedId(workspaceId, `environment/${name}`), provider, settings })
    } catch (error) {
      faults.push(...faultsOf(name, error))
    }
  }
  const { SMTP_URL, EMAIL_FROM = '' } = config
  if (SMTP_URL) add('SMTP_URL', smtp as Provider, () => smtpSettingsFromUrl(SMTP_URL, EMAIL_FROM))
  for (const [name, provider, webhook_url, base_url] of [
    ['DISCORD_WEBHOOK_URL', discord, config.DISCORD_WEBHOOK_URL, config.DISCORD_BASE_URL],
    ['SLACK_WEBHOOK_URL', slack, config.SLACK_WEBHOOK_URL, config.SLACK_BASE_URL],
    ['TEAMS_WEBHOOK_URL', teams, config.TEAMS_WEBHOOK_URL, undefined],
  ] as const) {
    if (webhook_url)
      add(name, provider as Provider, () => ({ webhook_url, ...(base_url && { base_url }) }))
  }
  if (faults.length > 0) {
    throw new Error(
      `The environment's senders have ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
  }
  return wanted
}

/** Each names its variable; none holds a value, for values are secrets. */
function faultsOf(name: string, error: unknown): string[] {
  if (!(error instanceof z.ZodError))
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`]
  return error.issues.map(({ path, message }) => {
    const variable = path[0] === 'base_url' ? name.replace('WEBHOOK', 'BASE') : name
    return `${variable}: ${message}`
  })
}

/** A UUID version 8 (RFC 9562 §5.8) over workspace and name. */
function derivedId(workspaceId: string, name: string): string {
  const bytes = createHash('sha256')
    .update(`beckon.sender/${workspaceId}/${name}`)
    .digest()
    .subarray(0, 16)
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
