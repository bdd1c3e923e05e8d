/** `beckon workspace …`: more workspaces, each with its sandboxes and a first key. */

import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { parse } from '../http/parse.ts'
import { system } from '../workspaces/audit/audit.ts'
import { type Auth, scopes } from '../workspaces/auth.ts'
import { changeWorkspace } from '../workspaces/changeWorkspace.ts'
import { openWorkspace } from '../workspaces/openWorkspace.ts'
import { NewWorkspaceBody, WorkspaceChangeBody } from '../workspaces/schema.ts'
import { findWorkspaceBySlug, listWorkspaces } from '../workspaces/store.ts'
import { viewOf } from '../workspaces/view.ts'
import { table } from './output.ts'
import type { Tool } from './tool.ts'

const MAX_LISTED = 100_000

/** Whoever can run this. */
const operator: Auth = {
  kind: 'instance',
  workspaceId: '',
  actorId: 'cli',
  memberId: null,
  sessionHash: null,
  scopes: new Set(scopes),
}

export interface WorkspaceOptions {
  readonly name?: string
  readonly timeZone?: string
  readonly locale?: string
  readonly country?: string
}

export async function makeWorkspace(
  { db, hooks: readHooks, out }: Tool,
  slug: string,
  options: WorkspaceOptions,
): Promise<void> {
  const { name = slug, timeZone, locale, country } = options
  const body = parse(NewWorkspaceBody, {
    ...{ slug, name },
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    ...(locale === undefined ? {} : { locale }),
    ...(country === undefined ? {} : { default_country: country.toUpperCase() }),
  })
  const input = {
    ...{ slug: body.slug, name: body.name, locale: body.locale },
    ...{ timeZone: body.time_zone, defaultCountry: body.default_country },
  }
  const hooks = await readHooks()
  const now = db.clock.now()
  const { workspace, key } = await db.app.begin((tx) =>
    openWorkspace(tx, input, { auth: operator, actor: system, now, hooks }),
  )
  out.result(
    { ...viewOf(workspace), api_key: { id: key.id, key: key.key } },
    () => `The workspace ${workspace.slug} is made.\nIts API key (shown once): ${key.key}`,
  )
}

export async function showWorkspaces({ db, out }: Tool): Promise<void> {
  const rows = await listWorkspaces(db.app, { limit: MAX_LISTED })
  out.result(rows.map(viewOf), () =>
    table(
      ['slug', 'name', 'time zone', 'locale', 'country', 'id'],
      rows.map((row) => [
        ...[row.slug, row.name, row.timeZone, row.locale],
        ...[row.defaultCountry ?? '', row.id],
      ]),
    ),
  )
}

/** `rate` as it was typed: a number of messages per second, or none. */
export async function limitWorkspace({ db, out }: Tool, slug: string, rate: string): Promise<void> {
  const perSecond = rate === 'none' ? null : Number(rate)
  const { accept_per_second: acceptPerSecond = null } = parse(WorkspaceChangeBody, {
    accept_per_second: perSecond,
  })
  const workspace = await findWorkspaceBySlug(db.app, slug)
  if (!workspace) throw new AppError('not_found', `There is no workspace ${slug}.`)
  const context = { actor: system, now: db.clock.now() }
  const changed = await inWorkspace(db, workspace.id, (tx) =>
    changeWorkspace(tx, operator, workspace.id, { acceptPerSecond }, context),
  )
  out.result(viewOf(changed), () =>
    acceptPerSecond === null
      ? `${slug} may hand in as many messages as it likes.`
      : `${slug} may hand in ${acceptPerSecond} messages per second, per process.`,
  )
}
