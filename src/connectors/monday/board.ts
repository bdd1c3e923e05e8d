/** Columns of the board that matter: which holds the phone, which the status. By setting, else by type. */
import { z } from 'zod'
import { Misconfigured } from '../../errors.ts'
import { type Context, call } from './api.ts'

const HOURS = 1 // for which columns are remembered
const PHONE_TITLE = /phone|mobile|whats ?app|טלפון|נייד|וואטסאפ/iu

const Column = z.object({
  id: z.string(),
  title: z.string(),
  type: z.string(),
  settings: z.unknown(),
})
const Boards = z.object({
  boards: z.array(z.object({ name: z.string(), columns: z.array(Column).nullable() })).nullable(),
})

export interface Board {
  readonly name: string
  /** Null: there is none, and no item has a number. */
  readonly phone: string | null
  readonly phoneTitle: string | null
  readonly status: StatusColumn | null
  /** What is missing or unclear, in sentences. */
  readonly faults: readonly string[]
}

export interface StatusColumn {
  readonly id: string
  readonly title: string
  readonly labels: readonly Label[]
}

export interface Label {
  readonly text: string
  /** By which a filter names it; null where the board does not tell. */
  readonly index: number | null
}

const QUERY = `query ($ids: [ID!]) { boards(ids: $ids) { name columns { id title type settings } } }`

const keyOf = (id: string) => `board/${id}`

/** It is read anew the next time. */
export function forgetBoard({ memory, settings }: Context): void {
  memory.set(keyOf(settings.board_id), '', 0)
}

/** Throws Misconfigured when there is no such board for us. */
export async function readBoard(ctx: Context): Promise<Board> {
  const { board_id: id } = ctx.settings
  const key = keyOf(id)
  const known = ctx.memory.get(key)
  if (known !== undefined) return JSON.parse(known) as Board // written below
  const [found] = (await call(ctx, QUERY, { ids: [id] }, Boards)).boards ?? []
  if (!found)
    throw new Misconfigured(`There is no board ${id} for this token. Check MONDAY_BOARD_ID.`)
  const board = understand(found.name, found.columns ?? [], ctx)
  if (board.faults.length === 0) ctx.memory.set(key, JSON.stringify(board), HOURS)
  return board
}

/** Raises Misconfigured when no column is the one. */
export async function statusColumn(ctx: Context): Promise<StatusColumn> {
  const { status, faults } = await readBoard(ctx)
  if (!status) throw new Misconfigured(faults.join(' '))
  return status
}

type Columns = readonly z.infer<typeof Column>[]

function understand(name: string, columns: Columns, { settings }: Context): Board {
  const phone = findPhone(columns, settings.phone_column_id)
  const status = findStatus(columns, settings)
  const faults = [
    ...(phone
      ? []
      : [
          `The board ${name} has no column ${settings.phone_column_id ?? 'of the type Phone'}. Name one in MONDAY_PHONE_COLUMN_ID.`,
        ]),
    ...(status ? [] : [noStatus(name, columns, settings.status_column_id)]),
  ]
  return { name, phone: phone?.id ?? null, phoneTitle: phone?.title ?? null, status, faults }
}

function noStatus(name: string, columns: Columns, wanted: string | undefined): string {
  if (wanted)
    return `The board ${name} has no status column ${wanted}. Check MONDAY_STATUS_COLUMN_ID.`
  const all = columns.filter(({ type }) => type === 'status')
  if (all.length === 0) return `The board ${name} has no column of the type Status. Add one.`
  const ids = all.map(({ id, title }) => `${id} (${title})`).join(', ')
  return `The board ${name} has several status columns: ${ids}. Name one in MONDAY_STATUS_COLUMN_ID.`
}

function findPhone(columns: Columns, wanted: string | undefined) {
  return wanted
    ? columns.find(({ id }) => id === wanted)
    : (columns.find(({ type }) => type === 'phone') ??
        columns.find(({ type, title }) => type === 'text' && PHONE_TITLE.test(title)))
}

function findStatus(columns: Columns, settings: Context['settings']): StatusColumn | null {
  const all = columns
    .filter(({ type }) => type === 'status')
    .map(({ id, title, settings: given }) => ({ id, title, labels: labelsOf(given) }))
  if (settings.status_column_id)
    return all.find(({ id }) => id === settings.status_column_id) ?? null
  const ours = [settings.status_new, ...settings.own_statuses]
  const holding = all.filter(({ labels }) => labels.some(({ text }) => ours.includes(text)))
  if (holding.length === 1) return holding[0]!
  return all.length === 1 ? all[0]! : null
}

const Told = z.object({ label: z.string().nullish(), index: z.number().nullish() }).loose()
const Listed = z.object({
  labels: z.union([z.array(Told), z.record(z.string(), z.union([z.string(), Told]))]),
})

/** In the older form a map by index, in the newer a list of objects; also as JSON in a string. */
function labelsOf(given: unknown): Label[] {
  const parsed = Listed.safeParse(typeof given === 'string' ? fromJson(given) : given).data
  if (!parsed) return []
  const entries = Array.isArray(parsed.labels)
    ? parsed.labels.map((each) => ['', each] as const)
    : Object.entries(parsed.labels)
  return entries.flatMap(([key, each]) => {
    const { label: text, index } = typeof each === 'string' ? { label: each, index: null } : each
    return text ? [{ text, index: index ?? (/^\d+$/.test(key) ? Number(key) : null) }] : []
  })
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
