/** Templates and versions as they go out. */
import { diffVersions } from './diff.ts'
import type { DraftHead, DraftRow } from './draft.store.ts'
import type {
  DiffView,
  DraftView,
  TemplateSummary,
  TemplateView,
  VersionSummary,
  VersionView,
} from './schema.ts'
import type { TemplateRow, VersionHead, VersionRow } from './store.ts'

export function summaryOf(row: TemplateRow, draft: DraftHead | undefined): TemplateSummary {
  return {
    id: row.id,
    name: row.name,
    channel: row.channel,
    version: row.version,
    draft: draft ? draftHead(draft) : null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}

const draftHead = ({ revision, basedOn, updatedAt }: DraftHead) => ({
  ...{ revision, based_on: basedOn },
  updated_at: updatedAt.toISOString(),
})

export function draftView(row: DraftRow & { readonly author: string | null }): DraftView {
  const { contents, savedBy, author } = row
  return { ...draftHead(row), locales: contents, saved_by: savedBy, saved_by_name: author }
}

export function templateView(
  row: TemplateRow,
  version: VersionRow,
  draft: DraftHead | undefined,
): TemplateView {
  const { [version.defaultLocale]: main = {}, ...locales } = version.contents
  const { subject = null, html = null, mjml = null, text = null } = main
  return {
    ...summaryOf(row, draft),
    locale: version.defaultLocale,
    ...{ subject, html, mjml, text },
    locales,
    variables: [...version.variables],
  }
}

type Authored = { readonly author: string | null }

export function versionSummary(row: VersionHead & Authored): VersionSummary {
  return {
    version: row.version,
    locale: row.defaultLocale,
    locales: [...row.locales],
    note: row.note,
    created_by: row.createdBy,
    created_by_name: row.author,
    created_at: row.createdAt.toISOString(),
  }
}

export function versionView(row: VersionRow & Authored): VersionView {
  const head = { ...row, locales: [] }
  return { ...versionSummary(head), locales: { ...row.contents }, variables: [...row.variables] }
}

/** What changed from one version to another, field by field. */
export function diffView(from: VersionRow, to: VersionRow): DiffView {
  const hunks = diffVersions(fieldsOf(from), fieldsOf(to)).map((hunk) => ({
    field: hunk.field,
    old_start: hunk.oldStart,
    new_start: hunk.newStart,
    lines: [...hunk.lines],
  }))
  return { from: from.version, to: to.version, hunks }
}

function fieldsOf({ defaultLocale, contents, variables }: VersionRow): Record<string, string> {
  const fields: Record<string, string> = { '/locale': defaultLocale }
  for (const [locale, content] of Object.entries(contents)) {
    for (const [name, text] of Object.entries(content)) {
      fields[`/locales/${locale}/${name}`] = text ?? ''
    }
  }
  fields['/variables'] = variables.map((variable) => JSON.stringify(variable)).join('\n')
  return fields
}
