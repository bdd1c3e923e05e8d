/**
 * Writes that can be repeated. The Idempotency-Key's row, the work and the answer
 * commit together: after a crash either all of it happened or none.
 *
 *   same key, same body      the first answer again, Idempotent-Replayed: true
 *   same key, other body     422
 *   first one still running  409 with Retry-After
 *   other method or path     another key: a workspace may number its keys for each kind of request
 */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TransactionSql } from 'postgres'
import type { Db } from '../db/db.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { Work } from '../workspaces/auth.ts'
import { findAnswer, saveAnswer, tryKeyLock } from './store.ts'

const MAX_KEY_LENGTH = 255
const RETRY_AFTER_SECONDS = 1

export interface Repeatable {
  readonly key: string
  readonly scope: string
  readonly bodyHash: string
}

/** The key of a request, or null when it has none. */
export function repeatable(request: FastifyRequest): Repeatable | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key !== 'string' || key.length === 0 || key.length > MAX_KEY_LENGTH) {
    throw new AppError('invalid_input', `Idempotency-Key: 1 to ${MAX_KEY_LENGTH} characters.`)
  }
  const [path, query = ''] = request.url.split('?', 2)
  const scope = `${request.method} ${path}`
  return { key, scope, bodyHash: hashOf(query, request.body) }
}

/** Of all that makes two requests the same: the query, and the body's bytes or canonical JSON. */
function hashOf(query: string, body: unknown): string {
  const content = Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null)
  return createHash('sha256').update(query).update('\n').update(content).digest('hex')
}

/** See `FastifyReply.answer`. */
export function answerer(db: Db) {
  return function answer<T>(this: FastifyReply, status: number, work: Work<T>): Promise<T> {
    const { workspaceId } = this.request.auth
    const repeat = repeatable(this.request)
    return inWorkspace(db, workspaceId, async (tx) => {
      const before = repeat && (await earlier(tx, workspaceId, repeat))
      if (before) {
        this.code(before.status).header('idempotent-replayed', 'true')
        return JSON.parse(before.response) as T // what this same route answered before
      }
      this.code(status) // `work` may know better
      const result = await work(tx, workspaceId)
      if (repeat) {
        await saveAnswer(tx, workspaceId, {
          ...repeat,
          status: this.statusCode,
          response: JSON.stringify(result ?? null),
          at: db.clock.now(),
        })
      }
      return result
    })
  }
}

/** The first answer to this key; undefined when there is none yet and the caller now holds the key. */
export async function earlier(tx: TransactionSql, workspaceId: string, repeat: Repeatable) {
  if (!(await tryKeyLock(tx, workspaceId, repeat))) throw inFlight()
  const found = await findAnswer(tx, workspaceId, repeat)
  if (found && found.bodyHash !== repeat.bodyHash) throw new AppError('idempotency_mismatch')
  return found
}

export function inFlight(): AppError {
  return new AppError('in_flight', undefined, { retryAfter: RETRY_AFTER_SECONDS })
}
