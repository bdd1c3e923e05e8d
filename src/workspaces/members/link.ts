/** One-time links: create the owner, take an invitation, set a new password. */
import type { Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { hashToken, newToken } from '../../lib/ids.ts'
import type { Role } from '../auth.ts'
import { dropLinks, findLink, insertLink, type Link, type Purpose, useLink } from './links.store.ts'

const MINUTE_MS = 60_000
const LIFE_MS: Readonly<Record<Purpose, number>> = {
  setup: 24 * 60 * MINUTE_MS, // each start prints a new one
  invite: 30 * MINUTE_MS,
  reset: 30 * MINUTE_MS,
}
/**
 * Pages of the dashboard read the token from the fragment, which browsers send to nobody. The
 * setup page works without the dashboard and scripts, so its token is part of the path; paths
 * of requests are nowhere logged.
 */
const PAGES: Readonly<Record<Purpose, string>> = {
  setup: '/setup/',
  invite: '/app/invitation#',
  reset: '/app/password#',
}

export interface NewLink {
  readonly id: string
  readonly url: string
  readonly token: string
  readonly expiresAt: Date
  /** The earlier ones, which worked until now. */
  readonly replaced: readonly { readonly id: string; readonly role: Role | null }[]
}

/** A link in place of earlier ones for the same. */
export async function makeLink(
  tx: Sql,
  publicUrl: string,
  purpose: Purpose,
  link: Link,
  now: Date,
): Promise<NewLink> {
  const { token, hash } = newToken()
  const expiresAt = new Date(now.getTime() + LIFE_MS[purpose])
  const { workspaceId, email, memberId } = link
  const replaced = await dropLinks(tx, workspaceId, { purpose, email, memberId }, now)
  const row = { ...link, purpose, tokenHash: hash.toString('hex'), expiresAt }
  const id = await insertLink(tx, row, now)
  return { id, token, expiresAt, replaced, url: `${publicUrl}${PAGES[purpose]}${token}` }
}

/** What a link is for, without using it. 404 when it cannot be used. */
export async function readLink(
  sql: Sql,
  purpose: Purpose,
  token: string,
  now: Date,
): Promise<Link> {
  const hash = hashToken(token)
  const link = hash && (await findLink(sql, purpose, hash.toString('hex'), now))
  if (!link) throw spent()
  if (link.takenBackAt) throw takenBack()
  return link
}

/** Uses it up in the caller's transaction. 404 when it was used meanwhile. */
export async function spendLink(
  tx: Sql,
  purpose: Purpose,
  token: string,
  now: Date,
): Promise<void> {
  const hash = hashToken(token)
  if (hash && (await useLink(tx, purpose, hash.toString('hex'), now))) return
  await readLink(tx, purpose, token, now) // which may know why
  throw spent()
}

function spent(): AppError {
  return new AppError(
    'not_found',
    'This link was used, has expired or is not complete. Ask for a new one.',
  )
}

function takenBack(): AppError {
  return new AppError(
    'not_found',
    'This invitation was taken back. Ask whoever invited you for a new one.',
  )
}
