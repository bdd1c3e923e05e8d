/** Every provider we have. The only list; the dashboard, the API and the contract test read it. */
import type { ChannelId } from './channel.ts'
import { discord } from './discord/discord.ts'
import { smtp } from './email/smtp.ts'
import type { Provider } from './provider.ts'
import { sandboxes } from './sandbox/sandbox.ts'
import { slack } from './slack/slack.ts'
import { teams } from './teams/teams.ts'
import { webhook } from './webhook/webhook.ts'
import { whatsapp } from './whatsapp/meta.ts'

export const providers: readonly Provider[] = [
  smtp,
  whatsapp,
  discord,
  slack,
  teams,
  webhook,
  ...sandboxes,
]

/** An id is unique within its channel only: every channel has a `sandbox`. */
export function findProvider(channel: ChannelId, id: string): Provider | undefined {
  return providers.find((provider) => provider.channel === channel && provider.id === id)
}

export function providersFor(channel: ChannelId): readonly Provider[] {
  return providers.filter((provider) => provider.channel === channel)
}
