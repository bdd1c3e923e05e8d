/** Loads what a batch of rows needs, a statement per kind and only where needed, and renders it. */
import type { Sender } from '../../channels/directory.ts'
import { nextTurn } from '../../lib/turn.ts'
import type { WorkspaceFacts } from '../../workspaces/directory.ts'
import { HAS_ATTACHMENTS } from '../flags.ts'
import { type Parts, type Rendered, render, useOf } from '../render.ts'
import type { Claimed } from '../store/deliver.ts'
import { findAttachments, findContactVariables, findContents, insertLinks } from '../store/parts.ts'
import type { DispatchDeps } from './deps.ts'
import type { Held } from './worker.ts'

/** Messages rendered or handed over in one turn of the event loop: about 0.2 ms. */
export const SLICE = 10

export interface BatchParts {
  of(row: Claimed): Parts
  pepper(workspaceId: string): Buffer
}

type LoadDeps = Pick<DispatchDeps, 'db' | 'workspaces' | 'render'>

export async function loadParts(
  rows: readonly Claimed[],
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
async function loadContacts(rows: readonly Claimed[], deps: LoadDeps) {
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

/**
 * Renders each row; an Error stands where one does not render, and the others do not notice.
 * Destinations that only one message has are stored before anything is sent.
 */
export async function renderAll(
  batch: readonly Held[],
  parts: BatchParts,
  deps: LoadDeps,
): Promise<(Rendered | Error)[]> {
  const results: (Rendered | Error)[] = []
  for (const { row } of batch) {
    if (results.length % SLICE === SLICE - 1) await nextTurn()
    const result = renderOne(row, parts, deps)
    results.push(result instanceof Promise ? await result : result)
  }
  const links = results.flatMap((result, at) => {
    const row = batch[at]?.row
    if (!row || result instanceof Error) return []
    return result.destinations.map((url, index) => ({
      workspaceId: row.workspaceId,
      messageId: row.id,
      index,
      url,
    }))
  })
  if (links.length > 0) await insertLinks(deps.db.engine, links)
  return results
}

function renderOne(
  row: Claimed,
  parts: BatchParts,
  deps: LoadDeps,
): Rendered | Error | Promise<Rendered | Error> {
  try {
    const result = render(row, parts.of(row), deps.render)
    return result instanceof Promise ? result.catch(asError) : result
  } catch (error) {
    return asError(error)
  }
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))
