/** What an import of contacts is. */
import { z } from 'zod'
import { country } from './schema.ts'

const FIELDS = [
  'external_id',
  'email',
  'phone',
  'name',
  'locale',
  'time_zone',
  'tags',
  'ignore',
] as const
const traitField = z.string().regex(/^traits\.[^\s].{0,99}$/, 'Name a field or traits.<name>.')

/** A column's header to what it fills. */
export const columnMapping = z.record(z.string().max(200), z.union([z.enum(FIELDS), traitField]))

const importSettings = z.strictObject({
  columns: columnMapping.default({}),
  default_country: country.nullable().default(null),
})
export type ImportSettings = z.infer<typeof importSettings>

export interface RowFailure {
  /** As a spreadsheet counts: the first row of the file is 1. */
  readonly row: number
  /** The header of the column that is wrong; empty when it is the whole row. */
  readonly column: string
  readonly reason: string
}

export interface ImportRow {
  readonly id: string
  readonly status: 'queued' | 'running' | 'done' | 'failed'
  readonly settings: ImportSettings
  readonly position: number
  readonly createdCount: number
  readonly updatedCount: number
  readonly failedCount: number
  readonly failures: readonly RowFailure[]
  readonly error: string | null
  readonly createdAt: Date
  readonly finishedAt: Date | null
}

export const importQuery = z.strictObject({
  mapping: z.string().max(20_000).optional().meta({
    description:
      'JSON: {"Column header": "email"}; columns not named are recognised by their headers.',
  }),
  default_country: country.optional(),
})

const failure = z.object({ row: z.number(), column: z.string(), reason: z.string() })

export const importView = z.object({
  id: z.uuid(),
  status: z.enum(['queued', 'running', 'done', 'failed']),
  rows: z.number().meta({ description: 'Taken so far.' }),
  created: z.number(),
  updated: z.number(),
  failed: z.number(),
  failures: z
    .array(failure)
    .meta({ description: 'The first 100; all that are kept as failures.csv.' }),
  error: z.string().nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
})

const SHOWN_FAILURES = 100

export function viewImport(row: ImportRow): z.infer<typeof importView> {
  return {
    id: row.id,
    status: row.status,
    rows: row.position,
    created: row.createdCount,
    updated: row.updatedCount,
    failed: row.failedCount,
    failures: row.failures.slice(0, SHOWN_FAILURES),
    error: row.error,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  }
}
