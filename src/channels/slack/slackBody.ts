/** A message as Slack takes it, for webhooks and chat.postMessage alike. */
import { z } from 'zod'
import { Rejected } from '../../errors.ts'
import { truncate } from '../../lib/reply.ts'
import type { TextContent } from '../channel.ts'

const MAX_TEXT = 40_000 // Slack cuts there
const MAX_BLOCKS = 50

const blocks = z
  .array(z.looseObject({ type: z.string() }))
  .min(1)
  .max(MAX_BLOCKS)

/** The title in bold above the text. `data.blocks` goes through; the text is then its notification. */
export function slackBody({ title, text, data }: TextContent) {
  const written = [title && `*${escaped(title)}*`, escaped(text)].filter(Boolean).join('\n')
  if (!written.trim()) throw new Rejected('content', 'The message is empty.')
  const body = { text: truncate(written, MAX_TEXT) }
  if (data['blocks'] === undefined) return body
  const parsed = blocks.safeParse(data['blocks'])
  if (!parsed.success)
    throw new Rejected('content', `data.blocks: ${z.prettifyError(parsed.error)}`)
  return { ...body, blocks: parsed.data }
}

/** Also keeps `<!channel>` in a template's variable from waking everybody. */
function escaped(text: string) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
