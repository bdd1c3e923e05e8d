/** What the environment's variables say about senders, and under which ids they are kept. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { discord } from './discord/discord.ts'
import { smtp } from './email/smtp.ts'
import { smtpSettingsFromUrl } from './email/smtpUrl.ts'
import type { Provider } from './provider.ts'
import type { Settings } from './settings.ts'
import { slack } from './slack/slack.ts'
import { teams } from './teams/teams.ts'
import { whatsapp } from './whatsapp/meta.ts'

export type SenderVariables = Pick<
  Config,
  | 'SMTP_URL'
  | 'EMAIL_FROM'
  | 'DISCORD_WEBHOOK_URL'
  | 'DISCORD_BASE_URL'
  | 'SLACK_WEBHOOK_URL'
  | 'SLACK_BASE_URL'
  | 'TEAMS_WEBHOOK_URL'
  | 'META_API_TOKEN'
  | 'META_PHONE_ID'
  | 'META_APP_SECRET'
  | 'META_BASE_URL'
  | 'ADMIN_SECRET'
>

export interface Wanted {
  readonly id: string
  readonly provider: Provider
  readonly settings: Settings
}

/** What is wrong with the variables, before anything has been started. */
export function senderFaults(env: Readonly<Record<string, string | undefined>>): string[] {
  const { SMTP_URL, ...others } = env
  // Without EMAIL_FROM the pair is incomplete, which config.ts says.
  return readSenders('', env['EMAIL_FROM'] ? env : others).faults
}

/** Throws one Error that lists every fault. */
export function wantedSenders(workspaceId: string, config: SenderVariables): Wanted[] {
  const { wanted, faults } = readSenders(workspaceId, config)
  if (faults.length > 0) {
    throw new Error(
      `The environment's senders have ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
  }
  return wanted
}

type Variables = { readonly [name in keyof SenderVariables]?: string | undefined }

function readSenders(workspaceId: string, config: Variables) {
  const faults: string[] = []
  const wanted: Wanted[] = []
  const add = (
    name: string,
    provider: Provider,
    read: () => unknown,
    variables: Readonly<Record<string, string>> = { base_url: name.replace('WEBHOOK', 'BASE') },
  ) => {
    try {
      const settings = provider.settings.parse(read()) as Settings // every provider's are an object
      wanted.push({ id: derivedId(workspaceId, `environment/${name}`), provider, settings })
    } catch (error) {
      faults.push(...faultsOf(name, (setting) => variables[setting], error))
    }
  }
  const { SMTP_URL, EMAIL_FROM = '' } = config
  if (SMTP_URL) add('SMTP_URL', smtp as Provider, () => smtpSettingsFromUrl(SMTP_URL, EMAIL_FROM))
  // The operator's address goes with the operator's webhook, whatever its path: both are trusted. What
  // members typed is redirected by baseUrls.ts, and only where it is the vendor's own address.
  for (const [name, provider, webhook_url, base_url] of [
    ['DISCORD_WEBHOOK_URL', discord, config.DISCORD_WEBHOOK_URL, config.DISCORD_BASE_URL],
    ['SLACK_WEBHOOK_URL', slack, config.SLACK_WEBHOOK_URL, config.SLACK_BASE_URL],
    ['TEAMS_WEBHOOK_URL', teams, config.TEAMS_WEBHOOK_URL, undefined],
  ] as const) {
    if (webhook_url)
      add(name, provider as Provider, () => ({ webhook_url, ...(base_url && { base_url }) }))
  }
  if (config.META_API_TOKEN && config.META_PHONE_ID)
    add('META_API_TOKEN', whatsapp as Provider, () => metaSettings(config), metaVariables)
  return { wanted, faults }
}

const metaVariables = {
  token: 'META_API_TOKEN',
  phone_number_id: 'META_PHONE_ID',
  app_secret: 'META_APP_SECRET',
  verify_token: 'ADMIN_SECRET',
  base_url: 'META_BASE_URL',
} as const satisfies Record<string, keyof Variables>

function metaSettings(config: Variables) {
  const entries = Object.entries(metaVariables).map(([setting, name]) => [setting, config[name]])
  return Object.fromEntries(entries.filter(([, value]) => value))
}

/** Each names its variable; none holds a value, for values are secrets. */
function faultsOf(
  name: string,
  variableOf: (setting: string) => string | undefined,
  error: unknown,
): string[] {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => {
      const variable = variableOf(String(path[0])) ?? name
      return `${variable}: ${message}`
    })
  }
  const message = error instanceof Error ? error.message : String(error)
  // smtpUrl.ts lists what is wrong with either of two variables.
  return message
    .replace(/^SMTP URL: /, '')
    .split('; ')
    .map((fault) => {
      const [, words] = /^from_\w+: (.*)$/s.exec(fault) ?? []
      return words === undefined ? `${name}: ${fault}` : `EMAIL_FROM: ${words}`
    })
}

/** A UUID version 8 (RFC 9562 §5.8) over workspace and name. */
export function derivedId(workspaceId: string, name: string): string {
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
