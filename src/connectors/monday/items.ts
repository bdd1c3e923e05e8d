/**
 * Items that no webhook told us of: monday tries for half an hour only. Those with the status of a
 * new lead, or none, are listed again every few minutes, the newest first, as far back as items count
 * as new; each counts once.
 */
import { z } from 'zod'
import type { Page } from '../connector.ts'
import { type Context, call } from './api.ts'
import { type StatusColumn, statusColumn } from './board.ts'
import { columnsOf, contactRecord, createdRecords, ITEM, Item, isOurs, isYoung } from './item.ts'
import { ensureLabels } from './labels.ts'

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
  await ensureLabels(ctx)
  const params = filter(await statusColumn(ctx), ctx)
  const columns = await columnsOf(ctx)
  const readUntil = ctx.now().toISOString()
  const first = await call(ctx, FIRST, { ids: [board], columns, params }, First)
  let page = first.boards?.[0]?.items_page
  for (let n = 0; page && n < MAX_PAGES; n++) {
    const records = []
    for (const item of page.items) records.push(...(await recordsOf(item, ctx)))
    yield { records, cursor: { read_until: readUntil } }
    const oldest = page.items.at(-1)
    if (!page.cursor || (oldest && !isNews(oldest, ctx))) return
    page = (await call(ctx, NEXT, { cursor: page.cursor, columns }, Next)).next_items_page
  }
}

/** Every item of the board, as a contact without an event. Cursors of monday end after an hour, so it begins anew. */
export async function* pullContacts(_cursor: unknown, ctx: Context): AsyncIterable<Page> {
  const columns = await columnsOf(ctx)
  const variables = { ids: [ctx.settings.board_id], columns, params: {} }
  const first = await call(ctx, FIRST, variables, First)
  let page = first.boards?.[0]?.items_page
  while (page) {
    const records = []
    for (const item of page.items)
      if (isOurs(item, ctx)) records.push(await contactRecord(item, ctx))
    yield { records, cursor: null }
    if (!page.cursor) return
    page = (await call(ctx, NEXT, { cursor: page.cursor, columns }, Next)).next_items_page
  }
}

/** https://developer.monday.com/api-reference/reference/items-page-other-types#itemsqueryorderby */
const NEWEST_FIRST = { order_by: [{ column_id: '__creation_log__', direction: 'desc' }] }

/** Where labels have no numbers, all items are listed. */
function filter({ id, labels }: StatusColumn, { settings }: Context) {
  const fresh = labels.find(({ text }) => text === settings.status_new)
  if (fresh?.index === null) return NEWEST_FIRST
  const isEmpty = { column_id: id, compare_value: [], operator: 'is_empty' }
  const isNew = { column_id: id, compare_value: [fresh?.index], operator: 'any_of' }
  return { ...NEWEST_FIRST, rules: fresh ? [isEmpty, isNew] : [isEmpty], operator: 'or' }
}

async function recordsOf(item: Item, ctx: Context) {
  return isOurs(item, ctx) && isNews(item, ctx) ? createdRecords(item, ctx) : []
}

function isNews(item: Item, ctx: Context): boolean {
  return new Date(item.created_at ?? Number.NaN) >= ctx.since && isYoung(item, ctx)
}
