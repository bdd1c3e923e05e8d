/** Drafts as they go out. */
import type { FieldError } from '../../errors.ts'
import type { DraftHead, DraftView } from './schema.ts'
import type { DraftRow } from './store.ts'

export function draftHead(row: DraftRow): DraftHead {
  return {
    ...{ revision: row.revision, based_on: row.basedOn },
    ...{ saved_by: row.savedBy, saved_by_name: row.savedByName },
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}

export function draftSummary(row: DraftRow) {
  const { name, title } = row.definition
  return {
    ...draftHead(row),
    ...{ id: row.id, name: name ?? null, title: title ?? null, version: row.version },
  }
}

export function draftView(row: DraftRow, errors: readonly FieldError[]): DraftView {
  return { ...draftSummary(row), document: row.definition, errors: [...errors] }
}
