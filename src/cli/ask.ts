/**
 * Asks a route of the API from within, as the operator: what holds over HTTP holds here too, and no
 * command has rules of its own. Nothing listens, nothing is sent from here.
 */
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { type Question, startApp } from '../app.ts'
import { AppError, type Code, codes, type FieldError } from '../errors.ts'
import { scopes } from '../workspaces/auth.ts'
import { silent, type Tool } from './tool.ts'

const CONNECTIONS = 4
const FAILED = 400 // statuses from here on

/** The answer: JSON as a value, anything else as text; null when there is none. Raises what the route refuses. */
export async function ask(
  tool: Tool,
  workspace: string | undefined,
  question: (workspaceId: string) => Question,
): Promise<unknown> {
  const { id } = await tool.workspace(workspace)
  const app = await startApp({
    config: { ...tool.config, DATABASE_CONNECTIONS: CONNECTIONS },
    ...{ address: tool.address, log: silent, version: tool.version, roles: ['serve'] },
    caller: {
      ...{ kind: 'instance', workspaceId: id, scopes: new Set(scopes), actorId: 'cli' },
      ...{ memberId: null, sessionHash: null },
    },
  })
  try {
    const { status, type, text } = await app.ask(question(id))
    const answer = type.includes('json') ? JSON.parse(text) : text || null
    if (status >= FAILED) throw problem(answer)
    return answer
  } finally {
    await app.stop()
  }
}

interface Problem {
  readonly code: Code
  readonly detail?: string
  readonly errors?: readonly FieldError[]
}

function problem(answer: unknown): AppError {
  if (!isProblem(answer)) return new AppError('internal', String(answer ?? ''))
  const { code, detail, errors } = answer
  return new AppError(code, detail, errors ? { errors } : {})
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' && answer !== null && 'code' in answer && String(answer.code) in codes

/** A body as it was given: itself, `@file`, or `-` for stdin. */
export async function readBody(given: string): Promise<Buffer> {
  if (given === '-') return buffer(process.stdin)
  if (!given.startsWith('@')) return Buffer.from(given)
  return readFile(given.slice(1)).catch((error: Error) => {
    throw new AppError('not_found', `${given.slice(1)} cannot be read: ${error.message}`)
  })
}
