/** States, channels and happenings in words. The API's own types say which there are. */

import type { Row } from '../lib/api.ts'
import { msg, t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import type { Tone } from '../ui/Badge.tsx'

export type ListedMessage = Row<'/notifications'>
/** Wherever one is shown. */
export type Message = Omit<ListedMessage, 'about'>
export type Status = Message['status']
export type Channel = Message['channel']

export const statuses: Record<Status, readonly [words: string, tone: Tone]> = {
  scheduled: [msg('Scheduled'), 'info'],
  queued: [msg('Queued'), 'info'],
  held: [msg('Held'), 'warn'],
  sending: [msg('Sending'), 'info'],
  sent: [msg('Sent'), 'good'],
  delivered: [msg('Delivered'), 'good'],
  bounced: [msg('Bounced'), 'bad'],
  failed: [msg('Failed'), 'bad'],
  skipped: [msg('Not sent'), 'warn'],
  cancelled: [msg('Cancelled'), 'plain'],
  expired: [msg('Expired'), 'warn'],
  unknown: [msg('Unknown'), 'bad'],
}

export const channels: Record<Channel, string> = {
  email: msg('Email'),
  sms: msg('SMS'),
  whatsapp: msg('WhatsApp'),
  push: msg('Push'),
  in_app: msg('In the app'),
  voice: msg('Voice'),
  webhook: msg('Webhook'),
  slack: msg('Slack'),
  teams: msg('Teams'),
  discord: msg('Discord'),
}

export const priorities: Record<Message['priority'], string> = {
  low: msg('Low'),
  normal: msg('Normal'),
  high: msg('High'),
  urgent: msg('Urgent'),
}

const happenings: Record<string, readonly [words: string, tone: Tone]> = {
  'message.accepted': [msg('Accepted'), 'info'],
  'message.sent': [msg('Sent'), 'good'],
  'message.retried': [msg('Will be tried again'), 'warn'],
  'message.rerouted': [msg('Goes another way'), 'warn'],
  'message.fallback_ended': [msg('Goes no other way'), 'warn'],
  'message.failed': [msg('Failed'), 'bad'],
  'message.skipped': [msg('Not sent'), 'warn'],
  'message.expired': [msg('Expired'), 'warn'],
  'message.unknown': [msg('No answer came'), 'bad'],
  'message.delivered': [msg('Delivered'), 'good'],
  'message.deferred': [msg('Delayed on the way'), 'warn'],
  'message.bounced': [msg('Bounced'), 'bad'],
  'message.complained': [msg('Marked as spam'), 'bad'],
  'message.unsubscribed': [msg('Unsubscribed'), 'warn'],
  'message.replied': [msg('Replied'), 'good'],
  'message.opened': [msg('Opened'), 'good'],
  'message.clicked': [msg('Clicked'), 'good'],
  'message.cancelled': [msg('Cancelled'), 'plain'],
  'message.held': [msg('Held'), 'warn'],
  'message.rescheduled': [msg('Scheduled anew'), 'info'],
  'message.requeued': [msg('Queued again'), 'info'],
  'message.returned': [msg('Given back unsent'), 'warn'],
  'message.settled_by_hand': [msg('Settled by hand'), 'plain'],
  'message.received': [msg('Wrote to us'), 'good'],
  'message.auto_replied': [msg('Answered by a machine'), 'plain'],
  'message.by_hand': [msg('Written by hand'), 'info'],
  'message.edited': [msg('Text changed'), 'plain'],
  'message.edit_failed': [msg('Text could not be changed'), 'warn'],
  'email.sent': [msg('Email sent'), 'good'],
  'email.received': [msg('Email received'), 'good'],
  'email.opened': [msg('Email opened'), 'good'],
  'email.open_reclassified': [msg('Open judged anew'), 'plain'],
  'item.created': [msg('Item created'), 'info'],
  'item.status_changed': [msg('State of the item changed'), 'info'],
  'journey.entered': [msg('Journey began'), 'info'],
  'journey.step': [msg('Journey went on'), 'plain'],
  'journey.left': [msg('Journey ended'), 'plain'],
  'journey.held': [msg('Journey held'), 'warn'],
  'journey.released': [msg('Journey released'), 'info'],
  'journey.retried': [msg('Journey tried again'), 'info'],
  'consent.granted': [msg('A yes recorded'), 'good'],
  'consent.withdrawn': [msg('A no recorded'), 'warn'],
  'contact.created': [msg('Contact created'), 'plain'],
  'contact.updated': [msg('Contact changed'), 'plain'],
  'contact.merged': [msg('Contact merged'), 'plain'],
  'contact.unmerged': [msg('Merge taken back'), 'plain'],
}

/** What happened, in words; names that others gave stay as they are. */
export function happening(name: string): readonly [words: string, tone: Tone] {
  const known = happenings[name]
  return known ? [told(known[0]), known[1]] : [name, 'plain']
}

const reasons: Record<string, string> = {
  suppressed: msg('The address is on the suppression list.'),
  unsubscribed: msg('The contact has unsubscribed.'),
  expired: msg('Its time was over before it could be sent.'),
  no_address: msg('The contact has no address on this channel.'),
}

/** Why it was not sent, or what is wrong; null when all is well. */
export function whyOf(message: Message): string | null {
  if (message.status === 'sent' || message.status === 'delivered') return null
  const reason = message.skip_reason ?? message.error
  if (reason && reasons[reason]) return told(reasons[reason])
  return message.detail ? said(message.detail) : reason
}

export const channelOptions = (): readonly (readonly [string, string])[] => [
  ['', t('Every channel')],
  ...Object.entries(channels).map(([id, name]) => [id, told(name)] as const),
]

export const statusOptions = (): readonly (readonly [string, string])[] => [
  ['', t('Every state')],
  ...Object.entries(statuses).map(([id, [name]]) => [id, told(name)] as const),
]
