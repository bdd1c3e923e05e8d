/** What went out, or would: the content of a message, rendered again from what is kept. */

import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { loadParts } from './dispatch/prepareBatch.ts'
import type { Directories } from './prepare.ts'
import { type RenderDeps, render } from './render.ts'
import type { MessageRow } from './store/read.ts'

export interface Preview {
  readonly subject: string | null
  readonly html: string | null
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly { filename: string; content_type: string; bytes: number }[]
}

export async function preview(
  row: MessageRow,
  deps: { db: Db; directories: Directories; render: RenderDeps },
): Promise<Preview> {
  const sender = await deps.directories.senders.find(row.workspaceId, row.senderId)
  if (!sender) throw new AppError('conflict', 'The sender of this message is no longer there.')
  const parts = await loadParts([row], sender, {
    db: deps.db,
    workspaces: deps.directories.workspaces,
    render: deps.render,
  })
  const { outbound } = await render(row, parts.of(row), deps.render)
  const content = outbound.content
  if (!('subject' in content))
    return { subject: content.title, html: null, text: content.text, headers: {}, attachments: [] }
  return {
    subject: content.subject,
    html: content.html,
    text: content.text,
    headers: { ...content.headers, 'Message-ID': content.messageId },
    attachments: content.attachments.map((file) => ({
      filename: file.filename,
      content_type: file.contentType,
      bytes: file.content.length,
    })),
  }
}
