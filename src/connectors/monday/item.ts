/**
 * An item of the board as records of ours. Whichever way an item was heard of, it is read again, so
 * what a webhook says is believed no further than that there is something to look at.
 */
import { z } from 'zod'
import { toE164 } from '../../lib/phone.ts'
import type { ContactRecord, EventRecord, Records } from '../connector.ts'
import { mapped } from '../mapping.ts'
import { type Context, call } from './api.ts'
import { readBoard } from './board.ts'

const HOUR_MS = 3_600_000
const AHEAD_MS = 5 * 60_000 // their clock may be before ours

const Value = z.object({
  id: z.string(),
  text: z.string().nullish(),
  phone: z.string().nullish(),
  country_short_name: z.string().nullish(),
  label: z.string().nullish(),
  updated_at: z.string().nullish(),
})
export const Item = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string().nullish(),
  url: z.string().nullish().catch(null),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  board: z.object({ id: z.string() }).nullish(),
  group: z.object({ title: z.string() }).nullish(),
  column_values: z.array(Value),
})
export type Item = z.infer<typeof Item>

export const ITEM = `id name state url created_at updated_at board { id } group { title }
  column_values(ids: $columns) { id text ... on PhoneValue { phone country_short_name } ... on StatusValue { label updated_at } }`
const QUERY = `query ($ids: [ID!], $columns: [String!]) { items(ids: $ids, limit: 100) { ${ITEM} } }`
const Items = z.object({ items: z.array(Item.nullable()).nullable() })

/** Ids of the columns that we look at. */
export async function columnsOf(ctx: Context): Promise<string[]> {
  const { phone, status } = await readBoard(ctx)
  const { name_column_id: name, contact_fields: lines } = ctx.settings
  const own = new Set(['name', 'phone', 'group']) // what is no column
  const mapped = lines.map(({ from }) => from).filter((from) => !own.has(from))
  const ids = [phone, status?.id, name, ...mapped].filter((id) => typeof id === 'string')
  return [...new Set(ids)]
}

/** Undefined when it is gone, in the bin, archived, or of another board. */
export async function readItem(id: string, ctx: Context): Promise<Item | undefined> {
  if (!/^\d{1,20}$/.test(id)) return undefined
  const { items } = await call(ctx, QUERY, { ids: [id], columns: await columnsOf(ctx) }, Items)
  const [item] = items ?? []
  return item && isOurs(item, ctx) ? item : undefined
}

export function isOurs({ state, board }: Item, { settings }: Context): boolean {
  return (state ?? 'active') === 'active' && board?.id === settings.board_id
}

/** '' when it has none. */
export async function statusOf(item: Item, ctx: Context): Promise<string> {
  return (await statusValue(item, ctx))?.label ?? ''
}

async function statusValue({ column_values: values }: Item, ctx: Context) {
  const { status } = await readBoard(ctx)
  return values.find(({ id }) => id === status?.id)
}

export function isYoung({ created_at: at }: Item, { settings, now }: Context): boolean {
  const age = +now() - +new Date(at ?? now())
  return age <= settings.max_age_hours * HOUR_MS && age >= -AHEAD_MS
}

/**
 * News of a young item: that it is there, once, and once more when it has got a number that can be
 * used. Older ones are history.
 */
export async function createdRecords(item: Item, ctx: Context): Promise<Records> {
  const { settings } = ctx
  if (!isYoung(item, ctx)) return []
  const at = new Date(item.created_at ?? ctx.now())
  const { phone, phoneText } = await phoneOf(item, ctx)
  const name = nameOf(item, ctx)
  const contact = { source: 'monday', externalId: item.id }
  const event: EventRecord = {
    ...{ kind: 'event', name: 'item.created', at, contact },
    key: phone ? `item/${item.id}` : `item/${item.id}/no-phone`,
    properties: {
      ...{
        item_id: item.id,
        board_id: settings.board_id,
        item_name: name,
        group: item.group?.title ?? null,
      },
      ...(item.url ? { item_url: item.url } : {}),
      ...{ phone: phone ?? '', phone_text: phoneText, status: await statusOf(item, ctx) },
    },
  }
  return [await contactRecord(item, ctx), event]
}

/** As the mapping has it; the number is the one that can be called, not the one that is written there. */
export async function contactRecord(item: Item, ctx: Context): Promise<ContactRecord> {
  const { phone } = await phoneOf(item, ctx)
  const columns = item.column_values.map(({ id, text }) => [id, text] as const)
  const values = {
    ...Object.fromEntries(columns),
    ...{ name: nameOf(item, ctx), phone, group: item.group?.title },
  }
  return {
    ...{ kind: 'contact', source: 'monday', externalId: item.id },
    changedAt: item.updated_at ? new Date(item.updated_at) : null,
    ...mapped(values, ctx.settings.contact_fields),
  }
}

function nameOf({ name, column_values: values }: Item, { settings }: Context): string {
  const column = values.find(({ id }) => id === settings.name_column_id)
  return (column?.text || name).trim()
}

/** Null: what is written there is no number that can be used. */
export async function phoneOf({ column_values: values }: Item, ctx: Context) {
  const { phone: column } = await readBoard(ctx)
  const value = values.find(({ id }) => id === column)
  const phoneText = (value?.phone || value?.text || '').trim()
  const country = value?.country_short_name || ctx.settings.default_country
  return { phoneText, phone: numberOf(phoneText, country) }
}

/** monday keeps numbers without a plus, with or without the country's code. */
function numberOf(text: string, country: string): string | null {
  if (text === '') return null
  const plain = toE164(text, country)
  if (plain.ok) return plain.number
  const international = /^\d/.test(text) ? toE164(`+${text}`, null) : plain
  return international.ok ? international.number : null
}

/**
 * A status that was changed. `by`: a label that we never set is a person's, one of ours is ours. This
 * holds for a webhook that is quicker than the answer to our own call, and across restarts.
 */
export async function statusRecords(
  item: Item,
  by: 'us' | 'human',
  ctx: Context,
): Promise<Records> {
  const value = await statusValue(item, ctx)
  const label = value?.label ?? ''
  const at = new Date(value?.updated_at ?? ctx.now())
  if (Number.isNaN(+at)) return []
  const event: EventRecord = {
    ...{ kind: 'event', name: 'item.status_changed', at },
    contact: { source: 'monday', externalId: item.id },
    key: `status/${item.id}/${label}/${by}/${at.toISOString()}`,
    properties: { item_id: item.id, board_id: ctx.settings.board_id, status: label, by },
  }
  return [event]
}

/** As monday told it; else the address that leads to the account of whoever is signed in there. */
export function itemLink(
  id: string,
  { item_id: of, item_url: told }: Readonly<Record<string, unknown>>,
  boardId: string,
): string | null {
  if (of === id && typeof told === 'string' && /^https:\/\/[\w-]+\.monday\.com\//.test(told))
    return told
  return /^\d{1,20}$/.test(id) ? `https://monday.com/boards/${boardId}/pulses/${id}` : null
}
