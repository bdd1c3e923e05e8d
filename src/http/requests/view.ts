/** A request as the API shows it. */
import type { z } from 'zod'
import { uuid7Time } from '../../lib/uuid7.ts'
import type { RequestSummary, RequestView } from './schema.ts'
import type { RequestRow } from './store.ts'

export function summaryOf(row: RequestRow): z.infer<typeof RequestSummary> {
  return {
    ...{ id: row.id, at: uuid7Time(row.id).toISOString(), method: row.method, path: row.path },
    ...{ query: row.query, route: row.route, status: row.status, code: row.code },
    duration_ms: row.ms,
    source: row.actorKind === 'session' ? 'dashboard' : 'api',
    ...{ actor_kind: row.actorKind, actor_id: row.actorId },
    idempotency_key: row.idempotencyKey,
    replayed: row.replayed,
    message_count: row.messageIds.length,
    sampled: row.leftOut > 0,
    left_out: row.leftOut,
  }
}

export function viewOf(row: RequestRow): z.infer<typeof RequestView> {
  return {
    ...summaryOf(row),
    ip: row.ip,
    user_agent: row.userAgent,
    request_bytes: row.requestBytes,
    request_body: parsed(row.requestBody),
    answer: parsed(row.answer),
    message_ids: [...row.messageIds],
  }
}

const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text))
