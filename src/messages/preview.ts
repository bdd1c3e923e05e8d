/** What went out, or would: the content of a message, rendered again from what is kept. */

import type { EmailContent } from '../channels/channel.ts'
import { composeMime } from '../channels/email/mime.ts'
import type { Db } from '../db/db.ts'
import { AppError, Rejected } from '../errors.ts'
import { loadParts } from './dispatch/prepareBatch.ts'
import type { Directories } from './facts.ts'
import { type RenderDeps, render } from './render.ts'
import type { MessageRow } from './store/read.ts'

const MAX_RAW = 200_000 // characters; what is beyond is attachments

export interface Preview {
  readonly subject: string | null
  readonly html: string | null
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  /** A mail as its first relay gets it (RFC 5322); null: it is none, or none can be made of it. */
  readonly raw: string | null
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
  const own = parts.of(row)
  // The hidden link is for those who check mail on its way, and nobody of the workspace is to follow it.
  const shown = { ...own, workspace: { ...own.workspace, honeypotLink: false } }
  const { outbound } = await render(row, shown, deps.render)
  const content = outbound.content
  if (!('subject' in content))
    return {
      ...{ subject: content.title, html: null, text: content.text },
      ...{ headers: {}, raw: null, attachments: [] },
    }
  return {
    subject: content.subject,
    html: content.html,
    text: content.text,
    headers: { ...content.headers, 'Message-ID': content.messageId },
    raw: rawOf(content, { date: row.sentAt ?? row.createdAt, to: outbound.to }),
    attachments: content.attachments.map((file) => ({
      filename: file.filename,
      content_type: file.contentType,
      bytes: file.content.length,
    })),
  }
}

function rawOf(content: EmailContent, envelope: { date: Date; to: string }): string | null {
  try {
    return composeMime(content, envelope).toString('utf8').slice(0, MAX_RAW)
  } catch (error) {
    if (error instanceof Rejected) return null // why is in its timeline
    throw error
  }
}
