/**
 * Items that no webhook told us of: monday tries for half an hour only. Those with the status of a
 * new lead, or none, are listed again every few minutes; each counts once.
 */
import { z } from 'zod'
import type { Page } from '../connector.ts'
import { type Context, call } from './api.ts'
import { type StatusColumn, statusColumn } from './board.ts'
import { columnsOf, createdRecords, ITEM, Item, isOurs } from './item.ts'

const PAGE = 100 // items
const MAX_PAGES = 50 // of one look

const ItemPage = z.object({ cursor: z.string().nullish(), items: z.array(Item) })
const First = z.object({ boards: z.array(z.object({ items_page: ItemPage })).nullable() })
const Next = z.object({ next_items_page: ItemPage })

const FIRST = `query ($ids: [ID!], $columns: [String!], $params: ItemsQuery) {
  boards(ids: $ids) { items_page(limit: ${PAGE}, query_params: $params) { cursor items { ${ITEM} } } }
}`
const NEXT = `query ($cursor: String!, $columns: [String!]) {
  next_items_page(limit: ${PAGE}, cursor: $cursor) { cursor items { ${ITEM} } }
}`

export async function* pullItems(_cursor: unknown, ctx: Context): AsyncIterable<Page> {
  const { board_id: board } = ctx.settings
  const params = filter(await statusColumn(ctx), ctx)
  const columns = await columnsOf(ctx)
  const readUntil = ctx.now().toISOString()
  const first = await call(ctx, FIRST, { ids: [board], columns, params }, First)
  let page = first.boards?.[0]?.items_page
  for (let n = 0; page && n < MAX_PAGES; n++) {
    const records = []
    for (const item of page.items) records.push(...(await recordsOf(item, ctx)))
    yield { records, cursor: { read_until: readUntil } }
    if (!page.cursor) return
    page = (await call(ctx, NEXT, { cursor: page.cursor, columns }, Next)).next_items_page
  }
}

/** Null, where labels have no numbers: all items are listed. */
function filter({ id, labels }: StatusColumn, { settings }: Context) {
  const fresh = labels.find(({ text }) => text === settings.status_new)
  if (fresh?.index === null) return null
  const isEmpty = { column_id: id, compare_value: [], operator: 'is_empty' }
  const isNew = { column_id: id, compare_value: [fresh?.index], operator: 'any_of' }
  return { rules: fresh ? [isEmpty, isNew] : [isEmpty], operator: 'or' }
}

async function recordsOf(item: Item, ctx: Context) {
  const at = new Date(item.created_at ?? Number.NaN)
  return isOurs(item, ctx) && at >= ctx.since ? createdRecords(item, ctx) : []
}
