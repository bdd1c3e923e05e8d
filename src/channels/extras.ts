/** What only messages of one channel have: it stands in their metadata, under the channel's name. */
import type { z } from 'zod'
import type { FieldError } from '../errors.ts'
import type { ChannelId } from './channel.ts'
import { WhatsAppExtras } from './whatsapp/extras.ts'

const schemas: { readonly [channel in ChannelId]?: z.ZodType } = { whatsapp: WhatsAppExtras }

/** What a sender of the channel would refuse, said while there is somebody to hear it. */
export function extrasFaults(
  channel: ChannelId,
  metadata: Readonly<Record<string, unknown>> | undefined,
  pointer: string,
): FieldError[] {
  const given = metadata?.[channel]
  if (given === undefined || given === null) return []
  const issues = schemas[channel]?.safeParse(given).error?.issues ?? []
  return issues.map(({ path, message }) => {
    const at = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    return { pointer: `${pointer}/metadata/${channel}${at.join('')}`, detail: message }
  })
}
