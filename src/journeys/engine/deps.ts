/** What the journeys engine works with. app.ts hands in what lies in rooms below. */
import type { Logger } from 'pino'
import type { Db, Json } from '../../db/db.ts'
import type { Presence } from '../../db/presence.ts'
import type { Http } from '../../lib/http.ts'
import type { Directories } from '../../messages/facts.ts'
import type { Documents } from './documents.ts'
import type { InTurn } from './inTurn.ts'

/** Calls an action of the workspace's connection. Throws Retryable, Unanswered, Rejected or Misconfigured. */
export type Act = (
  workspaceId: string,
  connector: string,
  action: string,
  params: Readonly<Record<string, unknown>>,
) => Promise<Json>

export interface EngineDeps {
  readonly db: Db
  readonly log: Logger
  readonly directories: Directories
  readonly documents: Documents
  readonly inTurn: InTurn
  readonly presence: Pick<Presence, 'processId' | 'deadProcesses'>
  readonly act: Act
  /** For `request` steps: the public internet only. */
  readonly http: Http
  /** After a commit: a message is to be sent. */
  onSent(): void
  /** After a commit: a message that was sent is to be changed. */
  onEdited(): void
}
