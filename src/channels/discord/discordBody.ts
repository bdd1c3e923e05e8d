/**
 * A message as Discord's webhooks take it, within Discord's limits: text that is too long
 * is cut, embeds that a customer built himself are refused instead.
 * https://discord.com/developers/docs/resources/message#embed-object-embed-limits
 */
import { z } from 'zod'
import { Rejected } from '../../errors.ts'
import { truncate } from '../../lib/reply.ts'
import type { TextContent } from '../channel.ts'

const MAX_CONTENT = 2_000
const MAX_TITLE = 256
const MAX_DESCRIPTION = 4_096
const MAX_EMBEDS = 10
const MAX_EMBED_TEXT = 6_000 // titles, descriptions, fields, footers and authors of all embeds

const text = (max: number) => z.string().max(max)
const link = text(2_048).check(z.url({ protocol: /^https?$/ }))
const picture = z.strictObject({ url: link })

/** What may be set in an embed; the rest (`type`, `provider`, `video`) Discord fills in. */
const embed = z.strictObject({
  title: text(MAX_TITLE).optional(),
  description: text(MAX_DESCRIPTION).optional(),
  url: link.optional(),
  color: z.int().min(0).max(0xffffff).optional(),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  author: z
    .strictObject({ name: text(256), url: link.optional(), icon_url: link.optional() })
    .optional(),
  footer: z.strictObject({ text: text(2_048), icon_url: link.optional() }).optional(),
  image: picture.optional(),
  thumbnail: picture.optional(),
  fields: z
    .array(z.strictObject({ name: text(256), value: text(1_024), inline: z.boolean().optional() }))
    .max(25)
    .optional(),
})
type Embed = z.infer<typeof embed>
const embeds = z
  .array(embed)
  .min(1)
  .max(MAX_EMBEDS)
  .refine((all) => all.reduce((sum, one) => sum + embedText(one), 0) <= MAX_EMBED_TEXT, {
    error: `All embeds together hold more than ${MAX_EMBED_TEXT} characters.`,
  })

/** A title makes an embed, its absence plain text. `data.embeds` goes through, with the text above it. */
export function discordBody({ title, text, data }: TextContent) {
  const body = data['embeds'] === undefined ? written(title, text) : built(text, data['embeds'])
  // Nobody is pinged by what a template's variables hold.
  return { ...body, allowed_mentions: { parse: [] } }
}

function written(title: string | null, text: string) {
  if (!text.trim() && !title?.trim()) throw new Rejected('content', 'The message is empty.')
  if (!title) return { content: truncate(text, MAX_CONTENT) }
  const description = truncate(text, MAX_DESCRIPTION) // 256 and 4096 stay below 6000 together
  return { embeds: [{ title: truncate(title, MAX_TITLE), description }] }
}

function built(text: string, given: unknown) {
  const parsed = embeds.safeParse(given)
  if (!parsed.success) {
    throw new Rejected('content', `data.embeds: ${z.prettifyError(parsed.error)}`)
  }
  return { ...(text && { content: truncate(text, MAX_CONTENT) }), embeds: parsed.data }
}

/** Characters that count, as Discord counts them: trimmed. */
function embedText({ title, description, fields = [], footer, author }: Embed) {
  const texts = [title, description, footer?.text, author?.name]
  for (const { name, value } of fields) texts.push(name, value)
  return texts.reduce((sum, text) => sum + (text?.trim().length ?? 0), 0)
}
