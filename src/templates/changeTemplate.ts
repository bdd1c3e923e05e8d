/**
 * Gives a template a new version, which is in use from then on. Versions never change: what
 * was accepted with an older one is sent with that.
 *
 * Writers of one template wait for each other, so no version is lost or made twice.
 */
import type { Sql } from '../db/db.ts'
import { assertUnchanged } from '../http/ifMatch.ts'
import { actorName } from '../workspaces/actorName.store.ts'
import { audit } from '../workspaces/audit/audit.ts'
import { changesOf } from '../workspaces/audit/changes.ts'
import { assertComplete, type Contents, changeContents, changesContent } from './contents.ts'
import { type Authorship, nameTaken } from './createTemplate.ts'
import { declare, redeclare } from './declare.ts'
import { findDraft } from './draft.store.ts'
import { getVersion, lockForChange } from './find.ts'
import type { Rollback, TemplateChange, TemplateView } from './schema.ts'
import { insertVersion, putToUse, type TemplateRow, type VersionRow } from './store.ts'
import type { DeclaredVariable } from './variables.ts'
import { templateView } from './view.ts'

/**
 * The given content must have passed checkContents. What is left out stays as it is. `seen`: the version that
 * the caller knows; null when it does not mind another.
 */
export async function changeTemplate(
  tx: Sql,
  workspaceId: string,
  { ref, change, seen }: { ref: string; change: TemplateChange; seen: number | null },
  authorship: Authorship,
): Promise<TemplateView> {
  const row = await lockForChange(tx, workspaceId, ref)
  const current = await getVersion(tx, workspaceId, row.id, row.version)
  if (seen !== null) {
    const by = await actorName(tx, workspaceId, current.createdBy)
    assertUnchanged(seen, { version: row.version, by })
  }
  return changeLocked(tx, workspaceId, { row, current, change }, authorship)
}

export async function changeLocked(
  tx: Sql,
  workspaceId: string,
  { row, current, change }: { row: TemplateRow; current: VersionRow; change: TemplateChange },
  authorship: Authorship,
): Promise<TemplateView> {
  const before: Contents = { defaultLocale: current.defaultLocale, byLocale: current.contents }
  const contents = changeContents(before, change)
  assertComplete(row.channel, contents)
  const next = {
    defaultLocale: contents.defaultLocale,
    contents: contents.byLocale,
    variables: variablesOf(change, contents, current.variables),
    note: change.note ?? null,
  }
  const name = change.name ?? row.name
  return append(tx, workspaceId, { row, name, next, action: 'template.changed' }, authorship)
}

function variablesOf(
  change: TemplateChange,
  contents: Contents,
  known: readonly DeclaredVariable[],
): readonly DeclaredVariable[] {
  if (change.variables) return declare(change.variables, contents)
  return changesContent(change) ? redeclare(known, contents) : known
}

/** Puts what an older version said into a new one. */
export async function rollbackTemplate(
  tx: Sql,
  workspaceId: string,
  { ref, version, note }: Rollback & { ref: string },
  authorship: Authorship,
): Promise<TemplateView> {
  const row = await lockForChange(tx, workspaceId, ref)
  const { defaultLocale, contents, variables } = await getVersion(tx, workspaceId, row.id, version)
  const next = { defaultLocale, contents, variables, note: note ?? `Back to version ${version}` }
  const change = { row, name: row.name, next, action: 'template.rolled_back' }
  return append(tx, workspaceId, change, authorship)
}

interface Append {
  readonly row: TemplateRow
  readonly name: string
  readonly next: Pick<VersionRow, 'defaultLocale' | 'contents' | 'variables' | 'note'>
  readonly action: string
}

async function append(
  tx: Sql,
  workspaceId: string,
  { row, name, next, action }: Append,
  { actor, now }: Authorship,
): Promise<TemplateView> {
  const { id } = row
  const version: VersionRow = {
    ...next,
    templateId: id,
    version: row.version + 1,
    createdBy: actor.id,
    createdAt: now,
  }
  await insertVersion(tx, workspaceId, version)
  const changed = await putToUse(tx, workspaceId, { id, name, version: version.version }, now)
  if (!changed) throw nameTaken(name)
  const changes = changesOf(
    { version: row.version, name: row.name },
    { version: version.version, name },
  )
  const details = { version: version.version, ...changes }
  await audit(tx, workspaceId, { actor, at: now, action, target: id, details })
  return templateView(changed, version, await findDraft(tx, workspaceId, id))
}
