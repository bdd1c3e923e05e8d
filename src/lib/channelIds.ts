/** The names of the channels, for rooms that stand before them: a consent names one too. */
import { z } from 'zod'

export const channelIds = [
  'email',
  'sms',
  'whatsapp',
  'push',
  'in_app',
  'voice',
  'webhook',
  'slack',
  'teams',
  'discord',
] as const
export type ChannelId = (typeof channelIds)[number]

const noChannel = (name: unknown) =>
  `${JSON.stringify(name)} is not a channel. Use one of: ${channelIds.join(', ')}.`

export const Channel = z.enum(channelIds, { error: ({ input }) => noChannel(input) })

/** As the name of an entry, where not all of them are given. */
export const ChannelName = z.string().refine((name) => Channel.safeParse(name).success, {
  error: ({ input }) => noChannel(input),
})
