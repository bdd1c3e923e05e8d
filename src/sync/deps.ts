/** What every part of sync/ is given. */
import type { Logger } from 'pino'
import type { Sealing } from '../channels/settings.ts'
import type { Db } from '../db/db.ts'
import type { Presence } from '../db/presence.ts'
import type { ConnectionDirectory } from './directory.ts'
import type { Seen } from './seen.ts'

export interface SyncDeps {
  readonly db: Db
  readonly log: Logger
  readonly sealing: Sealing
  readonly publicUrl: string
  readonly connections: ConnectionDirectory
  readonly seen: Seen
  /** Who this process is and which ones died; absent in tools, whose leases end by the clock alone. */
  readonly presence?: Pick<Presence, 'processId' | 'deadProcesses'>
  /** New events are committed. */
  onEvents(): void
}
