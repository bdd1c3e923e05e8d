/** What the demo's history stands on: its workspace, members, topics, templates, people. Harmless when repeated. */

import { saveTopic } from '../../consent/store.ts'
import { readUpsert } from '../../contacts/readUpsert.ts'
import { upsertContacts } from '../../contacts/upsert.ts'
import { inWorkspace } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { checkContents } from '../../templates/checkContents.ts'
import { contentsOf, givenContents } from '../../templates/contents.ts'
import { createTemplate } from '../../templates/createTemplate.ts'
import { NewTemplate } from '../../templates/schema.ts'
import { audit, system } from '../../workspaces/audit/audit.ts'
import { createWorkspace, type WorkspaceHook } from '../../workspaces/createWorkspace.ts'
import { insertMembership, listMembers } from '../../workspaces/members/store.ts'
import { findWorkspaceBySlug, type Workspace } from '../../workspaces/store.ts'
import type { Tool } from '../tool.ts'
import { inputOf, people } from './people.ts'
import { joiningsOf } from './plan.ts'
import { findBeginning } from './store.ts'
import { templates, topics } from './texts.ts'

export const SLUG = 'demo'
const beginning = { action: 'demo.begun' } // in the audit log
const MAX_MEMBERS = 10_000

export interface Demo {
  readonly workspace: Workspace
  readonly begun: Date
}

/** Undefined when there is none; a workspace of that name that is somebody's own is refused. */
export async function findDemo({ db }: Tool): Promise<Demo | undefined> {
  const workspace = await findWorkspaceBySlug(db.app, SLUG)
  if (!workspace) return undefined
  const begun = await inWorkspace(db, workspace.id, (tx) =>
    findBeginning(tx, workspace.id, beginning.action),
  )
  if (begun) return { workspace, begun }
  throw new AppError(
    'conflict',
    `The workspace ${SLUG} was not made by \`beckon demo\`: it is left as it is.`,
  )
}

/** The workspace with what it needs, in one transaction; who may sign in to the default one is a member here. */
export async function makeDemo(tool: Tool): Promise<Demo> {
  const { db } = tool
  const home = await tool.workspace()
  const hooks = await tool.hooks()
  const now = db.clock.now()
  const all = await listMembers(db.app, home.id, { limit: MAX_MEMBERS })
  const members = all.filter(({ isActive }) => isActive)
  const begin: WorkspaceHook = async (tx, { id }) => {
    for (const { id: member, role } of members) await insertMembership(tx, id, member, role, now)
    for (const topic of topics) await saveTopic(tx, id, topic, now)
    await audit(tx, id, { actor: system, at: now, ...beginning, target: id })
  }
  const { timeZone, locale } = home
  const input = { slug: SLUG, name: 'Demo', timeZone, locale, defaultCountry: 'US' }
  const workspace = (await db.app.begin((tx) =>
    createWorkspace(tx, input, now, { hooks: [...hooks, begin] }),
  )) as Workspace
  return { workspace, begun: now }
}

/** Templates and contacts, each as of when they came; the contacts' ids by their external ones. */
export async function furnishDemo(
  { db }: Tool,
  { workspace, begun }: Demo,
): Promise<Map<string, string>> {
  const now = db.clock.now()
  const { id } = workspace
  for (const given of templates) {
    const template = NewTemplate.parse(given)
    const contents = contentsOf(template, 'en')
    await checkContents(givenContents(template, 'en'))
    const authorship = { actor: system, now }
    await inWorkspace(db, id, (tx) =>
      createTemplate(tx, id, { ...template, contents }, authorship),
    ).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error // it is there
    })
  }
  const joined = joiningsOf(begun)
  return inWorkspace(db, id, async (tx) => {
    const ids = new Map<string, string>()
    for (const [at, person] of people.entries()) {
      const read = readUpsert(inputOf(person), 'US')
      if ('errors' in read) throw new AppError('internal', read.errors[0]?.detail)
      const [answer] = await upsertContacts(tx, id, [read], joined[at]!)
      if (answer?.ok) ids.set(person.externalId, answer.id)
    }
    return ids
  })
}
