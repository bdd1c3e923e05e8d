/** Templates and versions as they go out. */
import type { ChannelId } from '../channels/channel.ts'
import { diffVersions } from './diff.ts'
import type {
  DiffView,
  TemplateSummary,
  TemplateView,
  VersionSummary,
  VersionView,
} from './schema.ts'
import type { TemplateRow, VersionHead, VersionRow } from './store.ts'

export function summaryOf(row: TemplateRow): TemplateSummary {
  return {
    id: row.id,
    name: row.name,
    channel: row.channel as ChannelId, // written from channelIds only
    version: row.version,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}

export function templateView(row: TemplateRow, version: VersionRow): TemplateView {
  const { [version.defaultLocale]: main = {}, ...locales } = version.contents
  const { subject = null, html = null, mjml = null, text = null } = main
  return {
    ...summaryOf(row),
    locale: version.defaultLocale,
    ...{ subject, html, mjml, text },
    locales,
    variables: [...version.variables],
  }
}

export function versionSummary(row: VersionHead): VersionSummary {
  return {
    version: row.version,
    locale: row.defaultLocale,
    locales: [...row.locales],
    note: row.note,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
  }
}

export function versionView(row: VersionRow): VersionView {
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
