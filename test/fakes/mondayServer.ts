/**
 * monday's API as far as we use it, in a process of its own: started by startMonday.ts. Requests are
 * executed by graphql-js on monday's own schema where that is at hand, else on the part of it that
 * is written down here.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { buildSchema, execute, type GraphQLSchema, parse, validate } from 'graphql'
import { BOARD, type FakeItem, type MondayControl, type MondayState } from './startMonday.ts'

const ME = { id: '4242', name: 'Grace' }
const RESET = {
  'retry-after': '7',
  ratelimit: '"complexityMinute";r=0;t=7, "minuteRate";r=900;t=38',
}
const EXHAUSTED = {
  errors: [
    {
      message: 'Complexity budget exhausted',
      extensions: { code: 'COMPLEXITY_BUDGET_EXHAUSTED', status_code: 429, retry_in_seconds: 7 },
    },
  ],
}
const state: MondayState = {
  now: Date.now(),
  token: 'monday-token',
  board: BOARD,
  otherBoards: [],
  labels: ['לייד חדש', 'נשלחה הודעה', 'אין מענה 1', 'אין מענה 2', 'נקבעה שיחת מכירה'],
  items: [],
  webhooks: [],
  reach: null,
  faults: [],
  budget: null,
  calls: [],
  complaints: [],
}

const PART = `
  scalar JSON scalar Date scalar CompareValue
  enum State { active archived deleted all }
  enum ColumnType { phone status text name }
  enum WebhookEventType { create_item change_column_value change_status_column_value }
  enum ItemsQueryOperator { and or }
  enum ItemsQueryRuleOperator { any_of is_empty contains_terms }
  input ItemsQueryRule { column_id: ID!, compare_value: CompareValue!, operator: ItemsQueryRuleOperator = any_of }
  enum ItemsOrderByDirection { asc desc }
  input ItemsQueryOrderBy { column_id: String!, direction: ItemsOrderByDirection = asc }
  input ItemsQuery { order_by: [ItemsQueryOrderBy!], rules: [ItemsQueryRule!], operator: ItemsQueryOperator = and }
  interface ColumnValue { id: ID! text: String }
  type PhoneValue implements ColumnValue { id: ID! text: String phone: String country_short_name: String }
  type TextValue implements ColumnValue { id: ID! text: String }
  type StatusValue implements ColumnValue { id: ID! text: String label: String updated_at: Date }
  type Column { id: ID! title: String! type: ColumnType! settings: JSON revision: String! }
  enum StatusColumnColors { bright_blue working_orange dark_orange done_green purple chili_blue river dark_blue }
  input UpdateStatusLabelInput { label: String! color: StatusColumnColors! index: Int! description: String is_done: Boolean
    id: Int is_deactivated: Boolean }
  input UpdateStatusColumnSettingsInput { labels: [UpdateStatusLabelInput!]! }
  type Group { title: String! }
  type Update { id: ID! text_body: String created_at: Date }
  type Item { id: ID! name: String! url: String! state: State created_at: Date updated_at: Date board: Board group: Group
    column_values(ids: [String!]): [ColumnValue!]! updates(limit: Int = 25): [Update!] }
  type ItemsResponse { cursor: String items: [Item!]! }
  type Board { id: ID! name: String! columns: [Column]
    items_page(limit: Int! = 25, cursor: String, query_params: ItemsQuery): ItemsResponse! }
  type User { id: ID! name: String! }
  type Webhook { id: ID! board_id: ID! event: WebhookEventType! config: String }
  type Query { me: User boards(ids: [ID!]): [Board] items(ids: [ID!], limit: Int = 25): [Item]
    next_items_page(limit: Int! = 25, cursor: String!): ItemsResponse! webhooks(board_id: ID!): [Webhook] }
  type Mutation {
    change_column_value(board_id: ID!, item_id: ID, column_id: String!, value: JSON!, create_labels_if_missing: Boolean): Item
    create_update(item_id: ID, body: String!): Update
    update_status_column(board_id: ID!, id: String!, revision: String!, settings: UpdateStatusColumnSettingsInput): Column
    create_webhook(board_id: ID!, url: String!, event: WebhookEventType!): Webhook }
`
const file = new URL('../../../shared/vendors/monday/monday-schema.graphql', import.meta.url)
const schema: GraphQLSchema = buildSchema(existsSync(file) ? readFileSync(file, 'utf8') : PART)

class GraphError extends Error {
  readonly extensions: Record<string, unknown>
  constructor(code: string, status: number, message = code) {
    super(message)
    this.extensions = { code, status_code: status, error_data: {} }
  }
}

const itemOf = (item: FakeItem) => ({
  ...item,
  url: `https://acme.monday.com/boards/${item.board}/pulses/${item.id}`,
  board: { id: item.board, name: 'Leads' },
  group: { title: 'New' },
  column_values: ({ ids }: { ids?: string[] }) =>
    [phoneOf(item), statusOf(item), ...textsOf(item)].filter(({ id }) => !ids || ids.includes(id)),
  updates: ({ limit }: { limit: number }) => item.updates.slice(0, limit),
})
const textsOf = ({ texts = {} }: FakeItem) =>
  Object.entries(texts).map(([id, text]) => ({ __typename: 'TextValue', id, text }))
const phoneOf = ({ phone }: FakeItem) => ({
  ...{ __typename: 'PhoneValue', id: 'phone', text: phone?.phone ?? null, phone: phone?.phone },
  country_short_name: phone?.country_short_name ?? null,
})
const statusOf = ({ status, status_at: at }: FakeItem) => ({
  ...{ __typename: 'StatusValue', id: 'status', text: status, label: status, updated_at: at },
})

const columns = () => [
  { id: 'name', title: 'Name', type: 'name', revision: '1', settings: {} },
  { id: 'phone', title: 'Phone', type: 'phone', revision: '1', settings: {} },
  {
    ...{ id: 'status', title: 'Status', type: 'status' },
    revision: String(state.labels.length),
    settings: {
      labels: state.labels.map((label, index) => ({
        ...{ id: index, index, label, color: index % 2 ? 'done_green' : 'dark_blue' },
        ...{ description: null, is_done: false, is_deactivated: false },
      })),
    },
  },
]

interface Rule {
  readonly operator: string
  readonly compare_value: number[]
}
interface Order {
  readonly column_id: string
  readonly direction?: string
}
type Filter = { rules?: Rule[]; order_by?: Order[] } | null | undefined

function matching(board: string, filter: Filter): FakeItem[] {
  const there = state.items.filter((item) => item.board === board && item.state === 'active')
  const order = filter?.order_by?.find((each) => each.column_id === '__creation_log__')
  const sign = order?.direction === 'desc' ? -1 : 1
  const all = order
    ? there.toSorted((a, b) => sign * (Date.parse(a.created_at) - Date.parse(b.created_at)))
    : there
  const rules = filter?.rules ?? []
  if (rules.length === 0) return all
  return all.filter((item) =>
    rules.some(({ operator, compare_value: wanted }) =>
      operator === 'is_empty'
        ? item.status === null
        : wanted.includes(state.labels.indexOf(item.status ?? '')),
    ),
  )
}

function page(board: string, from: number, limit: number, filter: Filter) {
  const items = matching(board, filter)
  const more = from + limit < items.length
  return {
    cursor: more ? JSON.stringify({ board, from: from + limit, filter }) : null,
    items: items.slice(from, from + limit).map(itemOf),
  }
}

const boards = () => [state.board, ...state.otherBoards]
const ours = (boardId: string) => {
  if (!boards().includes(boardId)) throw new GraphError('InvalidBoardIdException', 404)
}
const found = (id: string) => {
  const item = state.items.find((each) => each.id === id && each.state !== 'deleted')
  if (!item) throw new GraphError('InvalidItemIdException', 404, 'Item not found')
  return item
}

const root = {
  me: () => ME,
  boards: ({ ids }: { ids: string[] }) =>
    boards()
      .filter((id) => ids.includes(id))
      .map((id) => ({
        ...{ id, name: 'Leads', columns },
        items_page: (asked: { limit: number; query_params?: Filter }) =>
          page(id, 0, asked.limit, asked.query_params),
      })),
  items: ({ ids }: { ids: string[] }) =>
    state.items.filter(({ id, state: is }) => ids.includes(id) && is !== 'deleted').map(itemOf),
  next_items_page({ cursor, limit }: { cursor: string; limit: number }) {
    const { board, from, filter } = JSON.parse(cursor)
    return page(board, from, limit, filter)
  },
  webhooks: ({ board_id: board }: { board_id: string }) => {
    ours(board)
    return state.webhooks.map((each) => ({ ...each, board_id: board }))
  },
  async create_webhook(asked: { board_id: string; url: string; event: string }) {
    ours(asked.board_id)
    const challenge = `challenge-${state.webhooks.length}`
    const { pathname, search } = new URL(asked.url)
    const reply = await fetch(state.reach ? `${state.reach}${pathname}${search}` : asked.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ challenge }),
    }).catch(() => null)
    const echoed = reply?.ok ? ((await reply.json()) as { challenge?: string }).challenge : null
    if (echoed !== challenge) throw new GraphError('InvalidWebhookUrl', 422, 'Challenge failed')
    const webhook = {
      id: String(7_000 + state.webhooks.length),
      url: asked.url,
      event: asked.event,
    }
    state.webhooks.push(webhook)
    return { ...webhook, board_id: asked.board_id }
  },
  change_column_value(asked: {
    board_id: string
    item_id: string
    column_id: string
    value: string
    create_labels_if_missing?: boolean
  }) {
    ours(asked.board_id)
    const item = found(asked.item_id)
    if (asked.column_id !== 'status') throw new GraphError('InvalidColumnIdException', 400)
    const { label } = JSON.parse(asked.value) as { label: string }
    if (!state.labels.includes(label)) {
      if (!asked.create_labels_if_missing) throw new GraphError('ColumnValueException', 400)
      state.labels.push(label)
    }
    item.status = label
    item.status_at = new Date(state.now).toISOString()
    return itemOf(item)
  },
  update_status_column(asked: {
    board_id: string
    id: string
    revision: string
    settings: { labels: { label: string; index: number }[] }
  }) {
    ours(asked.board_id)
    if (asked.id !== 'status') throw new GraphError('InvalidColumnIdException', 400)
    if (asked.revision !== String(state.labels.length))
      throw new GraphError('ColumnRevisionMismatch', 409)
    const { labels } = asked.settings
    if (new Set(labels.map(({ index }) => index)).size < labels.length)
      throw new GraphError('ColumnSettingsException', 400)
    if (state.labels.some((known) => !labels.some(({ label }) => label === known)))
      throw new GraphError('DeleteLabelInUse', 400)
    state.labels = labels.map(({ label }) => label)
    return columns().find(({ id }) => id === 'status')
  },
  create_update(asked: { item_id: string; body: string }) {
    const text = asked.body
      .replace(/<br>/g, '\n')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&')
    const update = { text_body: text, created_at: new Date(state.now).toISOString() }
    found(asked.item_id).updates.unshift(update)
    return { id: '1', ...update }
  },
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  if (request.headers.authorization !== state.token)
    return answer(response, 401, { errors: [{ message: 'Not Authenticated' }], account_id: 1 })
  const { query, variables } = JSON.parse(Buffer.concat(chunks).toString())
  if (state.budget !== null && --state.budget < 0) return answer(response, 429, EXHAUSTED, RESET)
  const fault = state.faults[0]
  if (fault && --fault.times <= 0) state.faults.shift()
  if (fault && fault.status !== 0)
    return answer(response, fault.status, fault.body ?? { error: 'a fault' }, fault.headers)
  const result = await run(query, variables)
  if (fault) return void request.socket.resetAndDestroy()
  answer(response, 200, { ...result, account_id: 1 })
})

async function run(query: string, variables: Record<string, unknown>) {
  const document = parse(query)
  for (const definition of document.definitions)
    if (definition.kind === 'OperationDefinition')
      for (const each of definition.selectionSet.selections)
        if (each.kind === 'Field') state.calls.push(each.name.value)
  const errors = validate(schema, document)
  state.complaints.push(...errors.map(({ message }) => message))
  if (errors.length > 0) return { errors }
  const result = await execute({ schema, document, rootValue: root, variableValues: variables })
  for (const { message, originalError } of result.errors ?? [])
    if (!(originalError instanceof GraphError)) state.complaints.push(message)
  return result
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

async function deliver(url: string, body: unknown, headers: Record<string, string> = {}) {
  const type = { 'content-type': 'application/json' }
  const request = { method: 'POST', headers: { ...type, ...headers }, body: JSON.stringify(body) }
  return (await fetch(url, request)).status
}

process.on('message', async (control: MondayControl) => {
  if (control.do === 'set') Object.assign(state, control.state)
  if (control.do === 'item')
    state.items = [...state.items.filter(({ id }) => id !== control.item.id), control.item]
  const status =
    control.do === 'deliver'
      ? await deliver(control.url, control.body, control.headers).catch(() => 0)
      : undefined
  process.send?.({ n: control.n, state, status })
})
process.on('disconnect', () => process.exit())

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.({ port: address.port })
})
