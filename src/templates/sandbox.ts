/**
 * Two workers, for templates that LiquidJS has to render itself and for work
 * on untrusted HTML that no one can bound beforehand.
 *
 * A worker sees no environment, little memory and one job at a time. A job
 * that outlives its wall-clock limit costs the worker its life; the next job
 * gets a new one. Workers are started when first needed and never keep the
 * process alive by themselves.
 */
import { Worker } from 'node:worker_threads'
import type { Variables } from './frame.ts'
import { MAX_MJML_MS, MAX_PREPARE_MS, MAX_VARIABLES, MAX_WALL_MS } from './limits.ts'
import type { Dialect } from './liquid.ts'
import type { Answer, Job } from './sandboxWorker.ts'
import { scan } from './scan.ts'
import { TemplateError } from './templateError.ts'

const POOL_SIZE = 2
const HEAP_MB = 64
const START_MS = 30_000 // of a worker, before its first job's clock starts
const MAX_WAITING = 1_000 // jobs; beyond it the caller is better off failing

/** Renders any valid template. Variables are copied as JSON: functions and the like are lost. */
export async function renderInSandbox(
  source: string,
  variables: Variables,
  options: Dialect,
): Promise<string> {
  const scanned = scan(source)
  const json = JSON.stringify(variables)
  if (json.length > MAX_VARIABLES) {
    throw new TemplateError(`The variables are longer than ${MAX_VARIABLES} characters as JSON.`)
  }
  const job: Job = { do: 'render', text: scanned.text, variables: json, dialect: options }
  const answer = await run(job, MAX_WALL_MS)
  if ('output' in answer) return answer.output
  const at = answer.begin === null ? null : scanned.position(answer.begin)
  throw new TemplateError(answer.error, at)
}

/** Puts the rules of <style> into style attributes. Throws TemplateError when it takes too long. */
export async function inlineCssInSandbox(html: string): Promise<string> {
  const answer = await run({ do: 'inline_css', html }, MAX_PREPARE_MS)
  if ('output' in answer) return answer.output
  throw new TemplateError(answer.error)
}

/** MJML to HTML. Throws TemplateError: not installed, what MJML says with its line, or too slow. */
export async function convertMjmlInSandbox(source: string): Promise<string> {
  const answer = await run({ do: 'convert_mjml', source }, MAX_MJML_MS)
  if ('output' in answer) return answer.output
  const { error, line } = answer
  throw new TemplateError(error, line == null ? null : { line, column: 1 })
}

/** Ends the workers; jobs under way are refused. A later job starts new ones. */
export async function closeSandbox(): Promise<void> {
  const closed = 'The sandbox was closed.'
  for (const { refuse } of waiting.splice(0)) refuse(new TemplateError(closed))
  await Promise.all(lanes.map((lane) => end(lane, closed)))
}

interface Ticket {
  readonly job: Job
  readonly limitMs: number
  settle(answer: Answer): void
  refuse(error: TemplateError): void
}

/** A place in the pool; its worker comes and goes. */
interface Lane {
  worker: Worker | null
  ready: boolean
  ticket: Ticket | null
  timer: NodeJS.Timeout | null
}

const lanes: Lane[] = Array.from({ length: POOL_SIZE }, () => ({
  worker: null,
  ready: false,
  ticket: null,
  timer: null,
}))
const waiting: Ticket[] = []

function run(job: Job, limitMs: number): Promise<Answer> {
  return new Promise((settle, refuse) => {
    if (waiting.length >= MAX_WAITING) {
      refuse(new TemplateError('Too many templates are waiting for the sandbox.'))
      return
    }
    waiting.push({ job, limitMs, settle, refuse })
    assign()
  })
}

/** Gives waiting jobs to idle lanes, those with a worker first. */
function assign(): void {
  const idle = lanes.filter((lane) => lane.ticket === null)
  idle.sort((a, b) => Number(b.ready) - Number(a.ready))
  for (const lane of idle) {
    const ticket = waiting.shift()
    if (ticket === undefined) return
    lane.ticket = ticket
    if (lane.worker === null) start(lane)
    else dispatch(lane)
  }
}

function start(lane: Lane): void {
  const worker = new Worker(new URL('./sandboxWorker.ts', import.meta.url), {
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 16 },
  })
  lane.worker = worker
  lane.ready = false
  limit(lane, START_MS, 'The sandbox did not start.')
  worker.on('message', (answer: Answer | 'ready') => {
    if (lane.worker !== worker) return
    if (answer === 'ready') becomeReady(lane)
    else finish(lane, answer)
  })
  worker.on('error', (error) => {
    if (lane.worker === worker) void end(lane, whyDied(error))
  })
  worker.on('exit', () => {
    if (lane.worker === worker) void end(lane, 'The sandbox ended unexpectedly.')
  })
}

function whyDied(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'The template needs too much memory.'
    : `The sandbox failed: ${String(error)}`
}

function becomeReady(lane: Lane): void {
  lane.ready = true
  if (lane.ticket !== null) dispatch(lane)
}

function dispatch(lane: Lane): void {
  const { worker, ticket } = lane
  if (worker === null || ticket === null || !lane.ready) return
  worker.ref()
  limit(lane, ticket.limitMs, 'The template takes too long to render.')
  worker.postMessage(ticket.job)
}

function limit(lane: Lane, ms: number, message: string): void {
  if (lane.timer !== null) clearTimeout(lane.timer)
  const { ticket } = lane
  lane.timer = setTimeout(() => {
    // When it was this process that stood still, the answer is already in the queue: read it first.
    setImmediate(() => setImmediate(() => expire(lane, ticket, message)))
  }, ms)
}

function expire(lane: Lane, ticket: Ticket | null, message: string): void {
  if (lane.ticket === ticket && ticket !== null) void end(lane, message)
}

function finish(lane: Lane, answer: Answer): void {
  const { ticket } = lane
  release(lane)
  lane.worker?.unref()
  ticket?.settle(answer)
  assign()
}

function release(lane: Lane): void {
  if (lane.timer !== null) clearTimeout(lane.timer)
  lane.timer = null
  lane.ticket = null
}

async function end(lane: Lane, message: string): Promise<void> {
  const { worker, ticket } = lane
  release(lane)
  lane.worker = null
  lane.ready = false
  ticket?.refuse(new TemplateError(message))
  assign()
  await worker?.terminate()
}
