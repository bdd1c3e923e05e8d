/** Topics as messages need them, kept for a moment. */
import type { Db } from '../db/db.ts'
import { createCache } from '../lib/cache.ts'
import { findTopic } from './topics/store.ts'

export interface TopicFacts {
  readonly key: string
  readonly kind: 'system' | 'transactional' | 'marketing'
  readonly onUnknown: 'hold' | 'resend' | null
  /** False for a category that nobody has used yet; it becomes a topic with its first message. */
  readonly known: boolean
}

export interface TopicDirectory {
  get(workspaceId: string, key: string): Promise<TopicFacts>
  forget(workspaceId: string, key: string): void
}

const TTL_MS = 2_000
const MAX_KEPT = 20_000 // topics

export function createTopicDirectory(db: Db): TopicDirectory {
  const cache = createCache({
    load: async (name: string): Promise<TopicFacts> => {
      const [workspaceId, key] = [name.slice(0, 36), name.slice(37)]
      const topic = await findTopic(db.engine, workspaceId, key)
      return topic ?? { key, kind: 'transactional', onUnknown: null, known: false }
    },
    ttlMs: TTL_MS,
    max: MAX_KEPT,
  })
  return {
    get: async (workspaceId, key) => cache.get(`${workspaceId} ${key}`),
    forget: (workspaceId, key) => cache.forget(`${workspaceId} ${key}`),
  }
}
