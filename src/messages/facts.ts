/** What preparing messages asks of the rooms' directories: asked once for all messages of a request. */
import type { SenderDirectory, WorkspaceSenders } from '../channels/directory.ts'
import type { TopicDirectory, TopicFacts } from '../consent/directory.ts'
import type { TemplateDirectory, UsableTemplate } from '../templates/directory.ts'
import type { WorkspaceDirectory, WorkspaceFacts } from '../workspaces/directory.ts'
import type { NewMessage } from './schema.ts'

export interface Directories {
  readonly workspaces: WorkspaceDirectory
  readonly senders: SenderDirectory
  readonly templates: TemplateDirectory
  readonly topics: TopicDirectory
}

export interface Facts {
  readonly workspace: WorkspaceFacts
  readonly senders: WorkspaceSenders
  /** By what messages call them, ids or names; undefined where there is none. */
  readonly templates: ReadonlyMap<string, UsableTemplate | undefined>
  readonly topics: ReadonlyMap<string, TopicFacts>
}

export const MAX_FAULTS = 50 // named in one answer; nobody looks at what comes after them

type Item = Pick<NewMessage, 'template_id' | 'category'>

export async function readFacts(
  directories: Directories,
  workspaceId: string,
  items: readonly Item[],
): Promise<Facts> {
  const workspace = await directories.workspaces.get(workspaceId)
  const senders = await directories.senders.of(workspaceId)
  const templates = new Map<string, UsableTemplate | undefined>()
  const topics = new Map<string, TopicFacts>()
  let missing = 0
  for (const { template_id: template, category } of items) {
    if (template !== undefined && !templates.has(template)) {
      const found = await directories.templates.find(workspaceId, template)
      templates.set(template, found)
      if (!found && ++missing >= MAX_FAULTS) break
    }
    if (category !== undefined && !topics.has(category))
      topics.set(category, await directories.topics.get(workspaceId, category))
  }
  return { workspace, senders, templates, topics }
}
