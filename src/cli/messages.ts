/** `beckon messages …` and `beckon redrive`: look at messages, cancel them, send dead ones again. */
import { inWorkspace } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { changeStatus, getMessage, redrive } from '../messages/change.ts'
import { statuses } from '../messages/schema.ts'
import { listMessages, type MessageRow } from '../messages/store/read.ts'
import { summaryOf, viewOf } from '../messages/view.ts'
import { table } from './output.ts'
import { redriveRestored } from './redriveRestored.ts'
import type { Tool } from './tool.ts'

const MAX_LISTED = 1_000
const MAX_REDRIVE = 1_000 // in one transaction

export interface ListOptions {
  readonly status?: string
  readonly channel?: string
  readonly recipient?: string
  readonly limit: string
  readonly workspace?: string
}

export async function showMessages(tool: Tool, options: ListOptions): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  const status = options.status ?? null
  if (status !== null && !statuses.some((each) => each === status))
    throw invalid('/status', `There is no status ${status}. Use one of: ${statuses.join(', ')}.`)
  const filter = {
    ...{ status, topic: null, priority: null, from: null, to: null, text: null, before: null },
    channel: options.channel ?? null,
    recipientId: options.recipient ?? null,
    limit: readCount(options.limit, MAX_LISTED),
  }
  const rows: MessageRow[] = await inWorkspace(tool.db, id, (tx) => listMessages(tx, id, filter))
  tool.out.result(rows.map(summaryOf), () =>
    table(
      ['id', 'created', 'channel', 'to', 'status', 'detail'],
      rows.map((row) => [
        ...[row.id, row.createdAt.toISOString(), row.channel],
        ...[row.address ?? row.recipientId ?? '', row.status, row.detail ?? row.reason ?? ''],
      ]),
    ),
  )
}

export async function showMessage(
  tool: Tool,
  messageId: string,
  options: { workspace?: string },
): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  const view = await inWorkspace(tool.db, id, async (tx) => {
    return viewOf(tx, await getMessage(tx, id, asId(messageId)))
  })
  tool.out.result(view, () =>
    [
      `${view.id}  ${view.channel} to ${view.to ?? view.recipient_id ?? 'the sender’s destination'}: ${view.status}`,
      ...view.timeline.map((entry) => `  ${entry.at}  ${entry.detail}`),
    ].join('\n'),
  )
}

export async function cancelMessage(
  tool: Tool,
  messageId: string,
  options: { reason?: string; workspace?: string },
): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  const change = {
    status: 'cancelled' as const,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  }
  const row = await inWorkspace(tool.db, id, (tx) =>
    changeStatus(tx, id, asId(messageId), change, tool.db.clock.now()),
  )
  tool.out.result(summaryOf(row), () => `${row.id} is cancelled.`)
}

export interface RedriveOptions {
  readonly status: string
  readonly channel?: string
  readonly error?: string
  readonly limit: string
  readonly drop?: boolean
  readonly yes?: boolean
  readonly workspace?: string
}

const redrivable = ['failed', 'unknown', 'expired'] as const

/** Under their own ids. `restored` is what a restore held back, which may also be dropped. */
export async function redriveMessages(tool: Tool, options: RedriveOptions): Promise<void> {
  const { db, out } = tool
  const { id } = await tool.workspace(options.workspace)
  const status = redrivable.find((each) => each === options.status)
  if (!status && options.status !== 'restored')
    throw invalid('/status', `Use one of: ${redrivable.join(', ')}, restored.`)
  if (status && options.drop)
    throw invalid(
      '/drop',
      'Only what a restore holds is dropped. `beckon messages cancel` for others.',
    )
  if ((!status || status === 'unknown') && options.yes !== true) {
    throw new AppError(
      'conflict',
      options.drop
        ? 'What is dropped never goes out. Add --yes to do it.'
        : 'Some of these may have reached their recipients already and would arrive twice. Add --yes to send them again.',
    )
  }
  const limit = readCount(options.limit, Number.MAX_SAFE_INTEGER)
  if (!status)
    return redriveRestored(tool, id, {
      ...{ fate: options.drop ? 'drop' : 'release', channel: options.channel ?? null, limit },
    })
  const filter = {
    ...{ ids: null, topic: null, from: null, to: null },
    channel: options.channel ?? null,
    reason: options.error ?? null,
  }
  let requeued = 0
  while (requeued < limit) {
    const batch = Math.min(MAX_REDRIVE, limit - requeued)
    const now = db.clock.now()
    const ids = await inWorkspace(db, id, (tx) =>
      redrive(tx, id, { ...filter, status, limit: batch }, now),
    )
    requeued += ids.length
    out.progress(`${requeued} queued again`)
    if (ids.length < batch) break
  }
  out.result({ requeued }, () => `${requeued} queued again.`)
}

function readCount(text: string, max: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= max) return count
  throw invalid('/limit', `${text}: a whole number from 1 to ${max}.`)
}

function asId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text
  throw invalid('/id', `${text} is not the id of a message.`)
}
