/** From a row of a file to a contact. */
import { AppError } from '../errors.ts'
import type { ImportSettings, RowFailure } from './imports.schema.ts'
import { readUpsert } from './readUpsert.ts'
import { contactInput } from './schema.ts'
import type { Upsert } from './upsert.ts'

/** What each column fills, in order; null: nothing. */
export type Columns = readonly { readonly header: string; readonly field: string | null }[]

/** A map, because headers are anybody's words: `constructor` is in every object. */
const known: ReadonlyMap<string, string> = new Map(
  Object.entries({
    externalid: 'external_id',
    recipientid: 'external_id',
    userid: 'external_id',
    leadid: 'external_id',
    email: 'email',
    emailaddress: 'email',
    mail: 'email',
    phone: 'phone',
    phonenumber: 'phone',
    mobile: 'phone',
    mobilephone: 'phone',
    whatsapp: 'phone',
    name: 'name',
    fullname: 'name',
    locale: 'locale',
    language: 'locale',
    timezone: 'time_zone',
    tags: 'tags',
    // What our own export has besides; they are ours to make.
    contactid: 'ignore',
    createdat: 'ignore',
    updatedat: 'ignore',
  }),
)

/** Raises a 422 when no column says who a row is about, or the mapping names one that is not there. */
export function readHeader(cells: readonly string[], settings: ImportSettings): Columns {
  const headers = cells.map((cell) => cell.trim())
  const found = headers.join(', ').slice(0, 500)
  const missing = Object.keys(settings.columns).filter((name) => !headers.includes(name))
  if (missing.length > 0) {
    throw new AppError(
      'invalid_input',
      `The mapping names columns that the file has not: ${missing.join(', ').slice(0, 500)}; found: ${found}.`,
    )
  }
  const columns = headers.map((header) => {
    const mapped = Object.hasOwn(settings.columns, header) ? settings.columns[header] : undefined
    const field = mapped ?? guess(header)
    return { header, field: field === 'ignore' ? null : field }
  })
  if (
    columns.some(({ field }) => field === 'external_id' || field === 'email' || field === 'phone')
  ) {
    return columns
  }
  throw new AppError(
    'invalid_input',
    `No column holds an external_id, email or phone; found: ${found}. Name one in mapping.`,
  )
}

function guess(header: string): string {
  if (header === '') return 'ignore'
  const plain = header.toLowerCase().replace(/[\s_-]+/g, '')
  return known.get(plain) ?? (header.startsWith('traits.') ? header : `traits.${header}`)
}

export type ReadRow =
  | { readonly ok: true; readonly upsert: Upsert }
  | ({ readonly ok: false } & Omit<RowFailure, 'row'>)

/** Empty cells change nothing. `country` is that of phone numbers without one. */
export function readRow(
  cells: readonly string[],
  columns: Columns,
  country: string | null,
): ReadRow {
  const parsed = contactInput.safeParse(inputOf(cells, columns))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const path = issue?.path.join('.') ?? ''
    return { ok: false, column: headerOf(columns, path), reason: issue?.message ?? 'is not valid' }
  }
  const upsert = readUpsert(parsed.data, country)
  if (!('errors' in upsert)) return { ok: true, upsert }
  const [error] = upsert.errors
  const field = error?.pointer.slice(1) ?? ''
  return { ok: false, column: headerOf(columns, field), reason: error?.detail ?? 'is not valid' }
}

function inputOf(cells: readonly string[], columns: Columns): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  const traits: [string, string][] = []
  for (const [index, { field }] of columns.entries()) {
    const value = cells[index]?.trim().replaceAll('\0', '')
    if (!field || !value) continue
    if (field.startsWith('traits.')) traits.push([field.slice('traits.'.length), value])
    else if (field === 'tags')
      input['tags'] = value
        .split(/[;,|]/)
        .map((tag) => tag.trim())
        .filter(Boolean)
    else input[field] ??= value
  }
  return traits.length > 0 ? { ...input, traits: Object.fromEntries(traits) } : input
}

/** `path` is a field, or leads into one. */
function headerOf(columns: Columns, path: string): string {
  const column =
    columns.find(({ field }) => field === path) ??
    columns.find(({ field }) => field && path.startsWith(field))
  return column?.header ?? ''
}
