/**
 * The labels of the status column: those of document 002 that are missing are added, so that people find
 * them in the list before anybody has set them. The column is written as it was read, with its revision:
 * when somebody changes it meanwhile monday refuses, and it is done another time.
 */
import { z } from 'zod'
import { type Context, call, type Settings } from './api.ts'
import { forgetBoard, type StatusColumn, statusColumn } from './board.ts'

const HOURS = 24 // until it is looked at again
const MOST = 40 // labels of a status column
const EMPTY = 5 // the index by which monday names an empty status
const SET_BY_PEOPLE = ['אין מענה 2'] // document 002's fifth status, which we never set

/** Of monday's StatusColumnColors, in the order in which they are given out. */
const COLORS = [
  ...[
    'bright_blue',
    'working_orange',
    'dark_orange',
    'done_green',
    'purple',
    'chili_blue',
    'river',
  ],
  ...['berry', 'lavender', 'sunset', 'aquamarine', 'royal', 'brown', 'indigo', 'tan', 'steel'],
]

const Label = z.object({
  id: z.int(),
  label: z.string(),
  color: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
  index: z.int(),
  description: z.string().nullish(),
  is_done: z.boolean().nullish(),
  is_deactivated: z.boolean().nullish(),
})
type Label = z.infer<typeof Label>
const Column = z.object({ id: z.string(), revision: z.string(), settings: z.unknown() })
const Boards = z.object({
  boards: z.array(z.object({ columns: z.array(Column).nullable() })).nullable(),
})
const READ = 'query ($ids: [ID!]) { boards(ids: $ids) { columns { id revision settings } } }'
const WRITE = `mutation ($board: ID!, $id: String!, $revision: String!, $settings: UpdateStatusColumnSettingsInput) {
  update_status_column(board_id: $board, id: $id, revision: $revision, settings: $settings) { id }
}`
const Written = z.object({ update_status_column: z.object({ id: z.string() }).nullable() })

/** In the order of the document. */
export const allStatuses = ({ status_new: fresh, own_statuses: own }: Settings) => [
  fresh,
  ...own,
  ...SET_BY_PEOPLE,
]

export function missingLabels({ labels }: StatusColumn, wanted: readonly string[]): string[] {
  return wanted.filter((label) => !labels.some(({ text }) => text === label))
}

/** Never raises: without the right to change the board all goes on, and the check says what is missing. */
export async function ensureLabels(ctx: Context): Promise<void> {
  if (ctx.isTrial) return
  const key = `labels/${ctx.settings.board_id}`
  if (ctx.memory.get(key) !== undefined) return
  ctx.memory.set(key, 'looked at', HOURS)
  try {
    const column = await statusColumn(ctx)
    const missing = missingLabels(column, allStatuses(ctx.settings))
    if (missing.length > 0) await addLabels(column.id, missing, ctx)
  } catch (error) {
    ctx.log.warn({ err: error, vendor: 'monday' }, 'labels of the status column were not added')
  }
}

async function addLabels(id: string, missing: readonly string[], ctx: Context): Promise<void> {
  const { board_id: board } = ctx.settings
  const [found] = (await call(ctx, READ, { ids: [board] }, Boards)).boards ?? []
  const column = found?.columns?.find((each) => each.id === id)
  // What is not told in full cannot be written back in full.
  const told = z.object({ labels: z.array(Label) }).safeParse(column?.settings).data
  if (!column || !told || told.labels.length + missing.length > MOST) return
  const { revision } = column
  const settings = { labels: [...told.labels.map(asInput), ...newLabels(told.labels, missing)] }
  await call(ctx, WRITE, { board, id, revision, settings }, Written)
  forgetBoard(ctx)
}

/** What it does not say is left out, for null may not be given. */
const asInput = (label: Label) =>
  Object.fromEntries(Object.entries(label).filter(([, value]) => value != null))

function newLabels(known: readonly Label[], texts: readonly string[]) {
  const indexes = new Set([EMPTY, ...known.map(({ index }) => index)])
  const colors = COLORS.filter((color) => !known.some((label) => label.color === color))
  return texts.map((label, at) => {
    let index = 0
    while (indexes.has(index)) index++
    indexes.add(index)
    return { label, index, color: colors[at] ?? COLORS[at % COLORS.length] }
  })
}
