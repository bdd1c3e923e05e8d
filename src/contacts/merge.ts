/**
 * Two contacts that are one person, and back again.
 *
 *   merge     the duplicate's ids move to the kept contact, its addresses, tags and what the
 *             other lacks are copied, of consents the newest word counts. The duplicate's
 *             row stays as it was and points to the kept one: old ids go on leading somewhere.
 *   unmerge   takes back what the merge brought, and nothing that was changed since.
 */

import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { countIn, noteGrowth } from './growth.store.ts'
import {
  copyAddresses,
  copyConsents,
  findMerge,
  getPlain,
  moveIdentities,
  type Plain,
  pointTo,
  removeAddresses,
  restoreConsents,
  returnIdentities,
  type Snapshot,
  saveMerge,
  savePlain,
  undoMerge,
} from './merge.store.ts'
import { lockContacts } from './upsert.store.ts'

/** Both are our ids of contacts that are not merged into others. */
export async function merge(
  sql: Sql,
  workspaceId: string,
  { keptId, duplicateId }: { keptId: string; duplicateId: string },
  now: Date,
): Promise<void> {
  if (keptId === duplicateId) throw new AppError('conflict', 'This is the same contact already.')
  await lockContacts(sql, workspaceId, [keptId, duplicateId])
  const kept = await getPlain(sql, workspaceId, keptId)
  const duplicate = await getPlain(sql, workspaceId, duplicateId)
  const both = { workspaceId, keptId, duplicateId }
  const before = await countIn(sql, workspaceId, [keptId, duplicateId])
  const filled = whatIsLacking(kept, duplicate)
  const snapshot: Snapshot = {
    filled,
    identities: await moveIdentities(sql, both),
    addresses: await copyAddresses(sql, both, now),
    consents: await copyConsents(sql, both),
  }
  await savePlain(sql, workspaceId, keptId, withFilled(kept, filled), now)
  await pointTo(sql, workspaceId, duplicateId, keptId, now)
  await saveMerge(sql, both, { id: uuid7(), snapshot }, now)
  await noteChange(sql, both, before, now)
}

/** Undoes the newest merge into the contact, or that of the given duplicate. Answers the duplicate's id. */
export async function unmerge(
  sql: Sql,
  workspaceId: string,
  { keptId, duplicateId }: { keptId: string; duplicateId?: string | undefined },
  now: Date,
): Promise<string> {
  const found = await findMerge(sql, workspaceId, keptId, duplicateId)
  if (!found)
    throw new AppError('conflict', 'Nothing is merged into this contact that could be taken out.')
  const { id, mergedId, snapshot } = found
  const both = { workspaceId, keptId, duplicateId: mergedId }
  await lockContacts(sql, workspaceId, [keptId, mergedId])
  if (!(await undoMerge(sql, workspaceId, id, now))) throw new AppError('conflict')
  const before = await countIn(sql, workspaceId, [keptId, mergedId])
  await returnIdentities(sql, both, snapshot.identities)
  await removeAddresses(sql, both, snapshot.addresses)
  await restoreConsents(sql, both, snapshot.consents)
  const kept = await getPlain(sql, workspaceId, keptId)
  await savePlain(sql, workspaceId, keptId, withoutFilled(kept, snapshot.filled), now)
  await pointTo(sql, workspaceId, mergedId, null, now)
  await noteChange(sql, both, before, now)
  return mergedId
}

/** Two become one, or one two again; who of them said no to everything makes another difference. */
async function noteChange(
  sql: Sql,
  {
    workspaceId,
    keptId,
    duplicateId,
  }: { workspaceId: string; keptId: string; duplicateId: string },
  before: number,
  now: Date,
): Promise<void> {
  const gained = (await countIn(sql, workspaceId, [keptId, duplicateId])) - before
  const change = gained < 0 ? 'merged' : 'returned'
  await noteGrowth(sql, workspaceId, { change, n: Math.abs(gained) }, now)
}

/** What the kept contact gets from the duplicate; the kept one's own values win. */
function whatIsLacking(kept: Plain, duplicate: Plain): Plain {
  const traits = Object.entries(duplicate.traits).filter(([name]) => !(name in kept.traits))
  return {
    name: kept.name === null ? duplicate.name : null,
    locale: kept.locale === null ? duplicate.locale : null,
    timeZone: kept.timeZone === null ? duplicate.timeZone : null,
    traits: Object.fromEntries(traits),
    tags: duplicate.tags.filter((tag) => !kept.tags.includes(tag)),
  }
}

function withFilled(kept: Plain, filled: Plain): Plain {
  return {
    name: kept.name ?? filled.name,
    locale: kept.locale ?? filled.locale,
    timeZone: kept.timeZone ?? filled.timeZone,
    traits: { ...filled.traits, ...kept.traits },
    tags: [...kept.tags, ...filled.tags],
  }
}

/** Takes back only what still is as the merge left it. */
function withoutFilled(kept: Plain, filled: Plain): Plain {
  const unchanged = (name: string, value: unknown) =>
    name in filled.traits && JSON.stringify(filled.traits[name]) === JSON.stringify(value)
  return {
    name: filled.name !== null && kept.name === filled.name ? null : kept.name,
    locale: filled.locale !== null && kept.locale === filled.locale ? null : kept.locale,
    timeZone: filled.timeZone !== null && kept.timeZone === filled.timeZone ? null : kept.timeZone,
    traits: Object.fromEntries(
      Object.entries(kept.traits).filter(([name, value]) => !unchanged(name, value)),
    ),
    tags: kept.tags.filter((tag) => !filled.tags.includes(tag)),
  }
}
