/**
 * All contacts as CSV, in pieces, newest first, each page in a transaction of its own: an
 * export of a million contacts holds neither memory nor a snapshot. What `import` reads.
 */
import { type Db, inWorkspace } from '../db/db.ts'
import { csvLine } from '../lib/csv.ts'
import { type Contact, contactView } from './schema.ts'
import { listContacts, listTraitNames } from './store.ts'

const PAGE = 500 // contacts
const MAX_TRAITS = 150 // columns; a file with more is refused by our own import
const FIELDS = [
  'contact_id',
  'external_id',
  'name',
  'email',
  'phone',
  'locale',
  'time_zone',
  'tags',
  'created_at',
]

export async function* exportCsv(
  db: Db,
  workspaceId: string,
  filter: { q?: string | undefined; tag?: string | undefined },
): AsyncGenerator<string> {
  const traits = await inWorkspace(db, workspaceId, (tx) =>
    listTraitNames(tx, workspaceId, MAX_TRAITS),
  )
  yield csvLine([...FIELDS, ...traits.map((name) => `traits.${name}`)])
  let after: string | undefined
  for (;;) {
    const page = { ...filter, after, limit: PAGE }
    const rows = await inWorkspace(db, workspaceId, (tx) => listContacts(tx, workspaceId, page))
    const shown = rows.slice(0, PAGE)
    yield shown.map((contact) => csvLine(cellsOf(contact, traits))).join('')
    if (rows.length <= PAGE) return
    after = shown.at(-1)?.id
  }
}

function cellsOf(contact: Contact, traits: readonly string[]): string[] {
  const view = contactView(contact)
  return [
    view.id,
    view.external_id ?? '',
    view.name ?? '',
    view.email ?? '',
    view.phone ?? '',
    view.locale ?? '',
    view.time_zone ?? '',
    view.tags.join(';'),
    view.created_at,
    ...traits.map((name) => text(contact.traits[name])),
  ]
}

function text(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
