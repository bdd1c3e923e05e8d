/** Journeys as runs need them: settings and status as they are now, documents by version (which never change). */
import { LRUCache } from 'lru-cache'
import type { Sql } from '../../db/db.ts'
import type { JourneyDocument } from '../schema.ts'
import { type LiveJourney, listLive, readVersions } from '../store/journeys.ts'

const MAX_KEPT = 2_000 // versions

export interface Journey {
  readonly row: LiveJourney
  /** The version that new runs take. */
  readonly document: JourneyDocument
}

export interface Documents {
  /** Of one workspace: active and paused ones. */
  live(sql: Sql, workspaceId: string): Promise<Journey[]>
  /** By `${journeyId}/${version}`. */
  get(
    sql: Sql,
    workspaceId: string,
    wanted: readonly VersionRef[],
  ): Promise<Map<string, JourneyDocument>>
}

export interface VersionRef {
  readonly journeyId: string
  readonly version: number
}

export const refOf = ({ journeyId, version }: VersionRef) => `${journeyId}/${version}`

export function createDocuments(): Documents {
  const kept = new LRUCache<string, JourneyDocument>({ max: MAX_KEPT })
  const get: Documents['get'] = async (sql, workspaceId, wanted) => {
    const found = new Map<string, JourneyDocument>()
    const missing = new Map<string, VersionRef>()
    for (const ref of wanted) {
      const document = kept.get(refOf(ref))
      if (document) found.set(refOf(ref), document)
      else missing.set(refOf(ref), ref)
    }
    if (missing.size > 0) {
      for (const row of await readVersions(sql, workspaceId, [...missing.values()])) {
        kept.set(refOf(row), row.definition)
        found.set(refOf(row), row.definition)
      }
    }
    return found
  }
  return {
    get,
    async live(sql, workspaceId) {
      const rows = await listLive(sql, workspaceId)
      const refs = rows.map((row) => ({ journeyId: row.id, version: row.version }))
      const documents = await get(sql, workspaceId, refs)
      return rows.flatMap((row) => {
        const document = documents.get(refOf({ journeyId: row.id, version: row.version }))
        return document ? [{ row, document }] : []
      })
    },
  }
}
