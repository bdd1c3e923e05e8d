/** What the journeys of a workspace may name, read from the database as it is now. */
import { findSender } from '../channels/store.ts'
import { type Db, inWorkspace } from '../db/db.ts'
import { findTemplate } from '../templates/store.ts'
import type { ConnectorFacts, Surroundings } from './validate/references.ts'

export const surroundingsIn =
  (db: Db, connectors: readonly ConnectorFacts[]) =>
  (workspaceId: string): Surroundings => ({
    connectors,
    template: (ref) => inWorkspace(db, workspaceId, (tx) => findTemplate(tx, workspaceId, ref)),
    sender: (id) => inWorkspace(db, workspaceId, (tx) => findSender(tx, workspaceId, id)),
  })
