/**
 * Addresses never to send to, whatever the consent. The gate reads them where the intent
 * to send is written, so a suppression stops every message whose intent comes after it.
 */
import type { AddressKind } from '../contacts/schema.ts'
import type { Sql } from '../db/db.ts'
import { addressHash } from './hash.ts'
import type { SuppressionReason } from './schema.ts'
import { deleteSuppression, findSuppression, readPepper, saveSuppressions } from './store.ts'

export interface SuppressInput {
  readonly kind: AddressKind
  /** Already normalised. */
  readonly address: string
  readonly reason: SuppressionReason
  readonly source: string
  readonly detail?: string | null | undefined
  /** Absent or null: until lifted by hand. */
  readonly expiresAt?: Date | null | undefined
}

/**
 * Suppresses an address. True when it was not suppressed before.
 *
 * What is in force stays as it is, unless the new one lasts longer; an erased address
 * stays erased.
 */
export async function suppress(
  sql: Sql,
  workspaceId: string,
  input: SuppressInput,
  now: Date,
): Promise<boolean> {
  return (await suppressAll(sql, workspaceId, [input], now)) > 0
}

/** The same for many. Answers how many were not suppressed before. */
export async function suppressAll(
  sql: Sql,
  workspaceId: string,
  inputs: readonly SuppressInput[],
  now: Date,
): Promise<number> {
  if (inputs.length === 0) return 0
  const pepper = await readPepper(sql, workspaceId)
  const rows = new Map(
    inputs.map((input) => [addressHash(pepper, input.kind, input.address), input] as const),
  )
  return saveSuppressions(sql, workspaceId, rows, now)
}

/** False when the address was not suppressed. */
export async function lift(
  sql: Sql,
  workspaceId: string,
  kind: AddressKind,
  address: string,
): Promise<boolean> {
  const pepper = await readPepper(sql, workspaceId)
  return deleteSuppression(sql, workspaceId, kind, addressHash(pepper, kind, address))
}

export async function isSuppressed(
  sql: Sql,
  workspaceId: string,
  address: { kind: AddressKind; address: string },
  now: Date,
): Promise<boolean> {
  const pepper = await readPepper(sql, workspaceId)
  const hash = addressHash(pepper, address.kind, address.address)
  return (await findSuppression(sql, workspaceId, { kind: address.kind, hash }, now)) !== undefined
}
