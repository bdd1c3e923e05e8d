/**
 * Steps that call somebody else: made outside of any transaction, under a lease, and written down
 * with its fencing token. Who dies over a call leaves it due again, so it is made again: actions are
 * such that this is harmless, and requests carry a key by which the other side can tell.
 */
import { errorForStatus, Misconfigured, Rejected, Retryable } from '../../errors.ts'
import type { HttpResponse } from '../../lib/http.ts'
import { retryAfterSeconds } from '../../lib/reply.ts'
import { storable } from '../../lib/storable.ts'
import { MAX_ATTEMPTS, retryDelay } from '../../messages/retry.ts'
import type { StepCall } from '../steps/step.ts'
import { readLive } from '../store/journeys.ts'
import { freeKeys } from '../store/keys.ts'
import { lockRun, type RunRow, saveRuns } from '../store/runs.ts'
import { type Taken, takeOn } from './batch.ts'
import type { EngineDeps } from './deps.ts'
import { createLedger } from './ledger.ts'
import { leave, withResult } from './walk.ts'

const LATER_MS = 3_600_000 // between tries once the vendor has been away for half an hour
const MAX_LATER = 72 // of these, in about three days
const MAX_ANSWER = 65_536 // characters of JSON
const MAX_RESULTS = 262_144 // of all results of a run together: hundreds of runs are read at once
const MAX_LEVELS = 64 // of nesting, as in what we are sent

/** `run` as it is leased. */
export interface Call {
  readonly run: RunRow
  readonly call: StepCall
  readonly onError: 'fail' | 'continue'
  readonly to: string | null
}

type Answer = { readonly result: unknown } | { readonly error: unknown }

export async function makeCall(given: Call, deps: EngineDeps): Promise<Taken> {
  const answer = await perform(given, deps).then(
    (result): Answer => ({ result }),
    (error: unknown): Answer => ({ error }),
  )
  return conclude(given, answer, deps)
}

async function perform({ run, call }: Call, { act, http }: EngineDeps): Promise<unknown> {
  if (call.kind === 'act') return act(run.workspaceId, call.connector, call.action, call.params)
  const { method, url, headers, body } = call
  const key = `${run.id}/${run.step}/${+(run.enteredStepAt ?? 0)}`
  const content = typeof body === 'string' ? { body } : body === undefined ? {} : { json: body }
  const answer = await http.send({
    ...{ method, url, ...content },
    headers: { 'idempotency-key': key, ...headers },
  })
  if (answer.status >= 300) {
    const words = `${method} was answered ${answer.status}.`
    throw errorForStatus(answer.status, words, retryAfterSeconds(answer))
  }
  return { status: answer.status, body: bodyOf(answer, roomOf(run)) }
}

async function conclude(given: Call, answer: Answer, deps: EngineDeps): Promise<Taken> {
  const { workspaceId, id, lease } = given.run
  const nothing: Taken = { calls: [], calling: false, sent: false, edited: false }
  return deps.inTurn(async (tx) => {
    const now = deps.db.clock.now()
    const run = await lockRun(tx, workspaceId, id)
    // It was ended, held or taken over meanwhile.
    if (!run || run.lease === null || run.lease !== lease) return nothing
    const retryMs = 'error' in answer ? retryAfter(answer.error, run.attempt, given.onError) : null
    if (retryMs !== null) {
      await saveRuns(tx, [{ ...run, lease: null, dueAt: new Date(+now + retryMs) }])
      return nothing
    }
    const ledger = createLedger(now, deps.log)
    if ('error' in answer && given.onError === 'fail') {
      const detail = `${run.step}: ${wordsOf(answer.error)}`
      const ending = { status: 'failed', reason: 'call_failed', detail, attention: true } as const
      const after = leave(run, null, ending, { ledger, now })
      await saveRuns(tx, [after])
      await freeKeys(tx, [after])
      await ledger.write(tx)
      return nothing
    }
    const result = 'error' in answer ? { error: wordsOf(answer.error) } : answer.result
    const next = leave(withAnswer(run, given.call, result), given.to, null, { ledger, now })
    await ledger.write(tx)
    const journey = await readLive(tx, workspaceId, run.journeyId)
    if (next.endedAt === null && journey?.status === 'active')
      return takeOn(tx, deps, { workspaceId, journey, maxCalls: 1 }, [next], now)
    await saveRuns(tx, [next])
    if (next.endedAt !== null) await freeKeys(tx, [next])
    return nothing
  })
}

function withAnswer(run: RunRow, call: StepCall, result: unknown): RunRow {
  const kept = storable(result ?? null)
  const after = withResult(run, run.step ?? '', kept)
  const saveAs = call.kind === 'request' ? call.saveAs : null
  return saveAs === null ? after : withResult(after, saveAs, kept)
}

/** JSON where the run can carry it along and the database takes it, else its text as far as there is room. */
function bodyOf({ body, text }: HttpResponse, room: number): unknown {
  const fits =
    body !== undefined && !isDeeper(body, MAX_LEVELS) && JSON.stringify(body).length <= room
  return fits ? body : text.slice(0, room)
}

const roomOf = ({ results }: RunRow) =>
  Math.max(0, Math.min(MAX_ANSWER, MAX_RESULTS - JSON.stringify(results).length))

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1))
}

/**
 * Milliseconds until the next try; null when there is none. A lost answer is asked for again. Where a run
 * cannot go on without the answer it outlasts a long outage; where it can, it does not wait for it.
 */
function retryAfter(error: unknown, attempt: number, onError: Call['onError']): number | null {
  if (error instanceof Rejected || error instanceof Misconfigured) return null
  const soon = retryDelay(attempt, error instanceof Retryable ? error.after : undefined)
  if (soon !== null || onError === 'continue' || attempt >= MAX_ATTEMPTS + MAX_LATER) return soon
  return LATER_MS * (1 - Math.random() / 4) // not all at once
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
