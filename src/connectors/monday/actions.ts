/** What we change over there. Each is once even when it is done twice. */
import { z } from 'zod'
import { defineAction } from '../connector.ts'
import { type Context, call, type Settings } from './api.ts'
import { statusColumn } from './board.ts'
import { phoneOf, readItem, statusOf } from './item.ts'

const REPEATED_MS = 15 * 60_000 // the same words again within this are the same update
const SKEW_MS = 30_000 // their clock may be behind ours

const itemId = z.coerce.string().regex(/^\d{1,20}$/, 'not the id of an item')
const isHere = async ({ item_id: id }: { item_id: string }, ctx: Context) =>
  (await readItem(id, ctx)) !== undefined
const Changed = z.object({ change_column_value: z.object({ id: z.string() }).nullable() })
const CHANGE = `mutation ($board: ID!, $item: ID, $column: String!, $value: JSON!) {
  change_column_value(board_id: $board, item_id: $item, column_id: $column, value: $value, create_labels_if_missing: true) { id }
}`

const SetStatus = z.strictObject({
  item_id: itemId,
  status: z.string().trim().min(1).max(100),
  only_from: z.array(z.string()).optional().meta({ description: 'Only when it is one of these.' }),
})

export const setStatus = defineAction<Settings, z.infer<typeof SetStatus>>({
  title: 'Set the status of an item',
  params: SetStatus,
  isHere,
  /** `changed`: the status is now as asked for; also when it was so before, by an earlier try. */
  async run({ item_id: id, status, only_from: from }, ctx) {
    const begun = +ctx.now()
    const item = await readItem(id, ctx)
    if (!item) return { status: null, changed: false }
    const present = await statusOf(item, ctx)
    if (present === status) return { status, changed: true }
    if (from && !from.includes(present)) return { status: present, changed: false }
    const column = (await statusColumn(ctx)).id
    const value = JSON.stringify({ label: status })
    await call(ctx, CHANGE, { board: ctx.settings.board_id, item: id, column, value }, Changed)
    const { phone } = await phoneOf(item, ctx)
    const told = { vendor: 'monday', lead_id: id, phone, status, duration_ms: +ctx.now() - begun }
    ctx.log.info(told, 'lead_processed_successfully') // as document 002 names it
    return { status, changed: true }
  },
})
export const readStatus = defineAction<Settings, { item_id: string }>({
  title: 'Read the status of an item',
  params: z.strictObject({ item_id: itemId }),
  isHere,
  /** Null: there is no such item any more. */
  async run({ item_id: id }, ctx) {
    const item = await readItem(id, ctx)
    return { status: item ? await statusOf(item, ctx) : null }
  },
})

const Updates = z.object({
  items: z
    .array(
      z.object({
        updates: z.array(
          z.object({ text_body: z.string().nullish(), created_at: z.string().nullish() }),
        ),
      }),
    )
    .nullable(),
})
const UPDATES =
  'query ($ids: [ID!]) { items(ids: $ids) { updates(limit: 25) { text_body created_at } } }'
const WRITE =
  'mutation ($item: ID, $body: String!) { create_update(item_id: $item, body: $body) { id } }'
const Written = z.object({ create_update: z.object({ id: z.string() }).nullable() })

const AddUpdate = z.strictObject({
  item_id: itemId,
  text: z.string().trim().min(1).max(10_000),
  key: z.string().optional().meta({ description: 'Of the reason; kept for the timeline.' }),
  since: z.iso.datetime().optional().meta({
    description: 'The same words from then on are this update, done by an earlier try.',
  }),
})

export const addUpdate = defineAction<Settings, z.infer<typeof AddUpdate>>({
  title: 'Write an update into an item',
  params: AddUpdate,
  isHere,
  async run({ item_id: id, text, since }, ctx) {
    const from = since ? Date.parse(since) - SKEW_MS : +ctx.now() - REPEATED_MS
    if (await isWritten(id, text, from, ctx)) return { added: false }
    await call(ctx, WRITE, { item: id, body: asHtml(text) }, Written)
    return { added: true }
  },
})
/** monday has no key against repetition, so its latest updates are looked at. */
async function isWritten(id: string, text: string, since: number, ctx: Context): Promise<boolean> {
  const [item] = (await call(ctx, UPDATES, { ids: [id] }, Updates)).items ?? []
  return (item?.updates ?? []).some(
    ({ text_body: body, created_at: at }) =>
      plain(body ?? '') === plain(text) && Date.parse(at ?? '') >= since,
  )
}

const plain = (text: string) => text.replace(/\s+/g, ' ').trim()

/** Updates are HTML, and what somebody wrote to us is not. */
const asHtml = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\n/g, '<br>')
