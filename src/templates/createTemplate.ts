/** Makes a template with its first version. The content must have passed checkContents. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { type Actor, audit } from '../workspaces/audit/audit.ts'
import { assertComplete, type Contents } from './contents.ts'
import { declare, redeclare } from './declare.ts'
import type { NewTemplate, TemplateView } from './schema.ts'
import { insertTemplate, insertVersion } from './store.ts'
import { templateView } from './view.ts'

export interface Authorship {
  readonly actor: Actor
  readonly now: Date
}

/** 409 when the name is taken. */
export async function createTemplate(
  tx: Sql,
  workspaceId: string,
  { name, channel, variables, note, contents }: NewTemplate & { contents: Contents },
  { actor, now }: Authorship,
): Promise<TemplateView> {
  assertComplete(channel, contents)
  const version = {
    version: 1,
    defaultLocale: contents.defaultLocale,
    contents: contents.byLocale,
    variables: variables ? declare(variables, contents) : redeclare([], contents),
    note: note ?? null,
    createdBy: actor.id,
    createdAt: now,
  }
  const row = await insertTemplate(tx, workspaceId, { id: uuid7(), name, channel }, now)
  if (!row) throw nameTaken(name)
  const first = { ...version, templateId: row.id }
  await insertVersion(tx, workspaceId, first)
  await audit(tx, workspaceId, { actor, at: now, action: 'template.created', target: row.id })
  return templateView(row, first, undefined)
}

export function nameTaken(name: string): AppError {
  return new AppError('conflict', `There is a template named ${name} already. Choose another name.`)
}
