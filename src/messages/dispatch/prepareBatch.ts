/** Loads what a batch of rows needs, a statement per kind and only where needed, and renders it. */
import type { Sender } from '../../channels/directory.ts'
import { isRefusal } from '../../db/refusal.ts'
import { slowly } from '../../lib/slowly.ts'
import { nextTurn } from '../../lib/turn.ts'
import type { WorkspaceFacts } from '../../workspaces/directory.ts'
import { HAS_ATTACHMENTS } from '../flags.ts'
import { type Parts, type Rendered, render, useOf } from '../render.ts'
import type { Due } from '../store/due.ts'
import { findAttachments, findContactVariables, findContents, insertLinks } from '../store/parts.ts'
import type { Held } from './attempts.ts'
import type { DispatchDeps } from './deps.ts'

/** Messages rendered or handed over in one turn of the event loop: about 0.2 ms. */
export const SLICE = 10

export interface BatchParts {
  of(row: Due): Parts
  pepper(workspaceId: string): Buffer
}

type LoadDeps = Pick<DispatchDeps, 'db' | 'workspaces' | 'render'>

export async function loadParts(
  rows: readonly Due[],
  sender: Sender,
  deps: LoadDeps,
): Promise<BatchParts> {
  const sql = deps.db.engine
  const inline = rows.filter((row) => row.templateId === null)
  const withFiles = rows.filter((row) => (row.flags & HAS_ATTACHMENTS) !== 0)
  const facts = new Map<string, WorkspaceFacts>()
  for (const id of new Set(rows.map((row) => row.workspaceId)))
    facts.set(id, await deps.workspaces.get(id))
  const [contents, files, contacts] = await Promise.all([
    inline.length > 0 ? findContents(sql, inline) : undefined,
    withFiles.length > 0 ? findAttachments(sql, withFiles) : undefined,
    loadContacts(rows, deps),
  ])
  const workspaceOf = (id: string) => {
    const workspace = facts.get(id)
    if (!workspace) throw new Error(`workspace ${id} was not loaded`)
    return workspace
  }
  return {
    of: (row) => ({
      workspace: workspaceOf(row.workspaceId),
      sender,
      content: contents?.get(row.id),
      attachments: files?.get(row.id) ?? [],
      contact: row.contactId === null ? undefined : contacts.get(row.contactId),
    }),
    pepper: (id) => workspaceOf(id).pepper,
  }
}

/** Only for rows whose template speaks of the contact. */
async function loadContacts(rows: readonly Due[], deps: LoadDeps) {
  const wanted: { workspaceId: string; contactId: string }[] = []
  for (const row of rows) {
    if (row.templateId === null || row.contactId === null) continue
    const use = useOf(row)
    const version =
      deps.render.templates.peek(use) ??
      (await deps.render.templates.compile(use).catch(() => undefined))
    if (version?.email.variables.includes('contact'))
      wanted.push({ workspaceId: row.workspaceId, contactId: row.contactId })
  }
  return wanted.length > 0
    ? findContactVariables(deps.db.engine, wanted)
    : new Map<string, Record<string, unknown>>()
}

export interface Prepared {
  readonly item: Held
  readonly result: Rendered | Error
  readonly pepper: Buffer
}

/**
 * Renders each row; an Error stands where one does not render, and the others do not notice.
 * Destinations that only one message has are stored before anything is sent. What the database
 * refuses to read or store for one row fails that row alone. Throws when the database is away.
 */
export async function prepareBatch(
  batch: readonly Held[],
  sender: Sender,
  deps: LoadDeps,
): Promise<Prepared[]> {
  try {
    return await prepareTogether(batch, sender, deps)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const [item] = batch
    if (batch.length > 1 || !item) {
      const singly: Prepared[] = []
      for (const each of batch) singly.push(...(await prepareBatch([each], sender, deps)))
      return singly
    }
    const { pepper } = await deps.workspaces.get(item.row.workspaceId)
    return [{ item, result: asError(error), pepper }]
  }
}

async function prepareTogether(
  batch: readonly Held[],
  sender: Sender,
  deps: LoadDeps,
): Promise<Prepared[]> {
  const parts = await loadParts(
    batch.map((item) => item.row),
    sender,
    deps,
  )
  const prepared: Prepared[] = []
  for (const item of batch) {
    if (prepared.length % SLICE === SLICE - 1) await nextTurn()
    const result = renderOne(item.row, parts, deps)
    const pepper = parts.pepper(item.row.workspaceId)
    prepared.push({ item, result: result instanceof Promise ? await result : result, pepper })
  }
  const links = prepared.flatMap(({ item: { row }, result }) =>
    result instanceof Error
      ? []
      : result.destinations.map((url, index) => ({
          ...{ workspaceId: row.workspaceId, messageId: row.id },
          ...{ index, url },
        })),
  )
  if (links.length > 0) await insertLinks(deps.db.engine, links)
  return prepared
}

function renderOne(
  row: Due,
  parts: BatchParts,
  deps: LoadDeps,
): Rendered | Error | Promise<Rendered | Error> {
  try {
    const result = slowly(
      () => `${row.workspaceId} ${row.templateId}`,
      () => render(row, parts.of(row), deps.render),
    )
    return result instanceof Promise ? result.catch(asError) : result
  } catch (error) {
    return asError(error)
  }
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))
