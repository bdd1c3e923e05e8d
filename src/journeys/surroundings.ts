/** What the journeys of a workspace may name, read from the database as it is now. */
import type { ChannelId } from '../channels/channel.ts'
import { findSender } from '../channels/store.ts'
import { type Db, inWorkspace } from '../db/db.ts'
import { findTemplate } from '../templates/store.ts'
import type { ConnectorFacts, Surroundings } from './validate/references.ts'

export const surroundingsIn =
  (db: Db, connectors: readonly ConnectorFacts[]) =>
  (workspaceId: string): Surroundings => ({
    connectors,
    template: async (ref) => {
      const row = await inWorkspace(db, workspaceId, (tx) => findTemplate(tx, workspaceId, ref))
      return row && { channel: row.channel as ChannelId } // stored from channelIds
    },
    sender: async (id) => {
      const row = await inWorkspace(db, workspaceId, (tx) => findSender(tx, workspaceId, id))
      return row && { channel: row.channel as ChannelId } // stored from channelIds
    },
  })
