/** HTTP load from a process of its own: processes/load.ts makes it, this says which. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Context } from './bench.ts'
import { workBeside } from './child.ts'
import { freshDataDir } from './server.ts'

export const LoadTask = z.object({
  port: z.number(),
  /** A JSON array of whole requests, as they go over the wire. */
  requestsFile: z.string(),
  connections: z.number(),
  /** For so long, the requests in turn again and again; absent: each request once. */
  seconds: z.number().optional(),
  /** Open loop: so many a second, whether or not the last ones were answered. */
  rate: z.number().optional(),
  /** Not measured: seconds, or requests when each goes once. */
  warmUp: z.number(),
})
export type LoadTask = z.infer<typeof LoadTask>

export const LoadAnswer = z.object({
  /** All, also those of the warm-up. */
  answered: z.number(),
  failed: z.number(),
  /** The first answer that was no success. */
  failure: z.string().nullable(),
  perSecond: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
})
export type LoadAnswer = z.infer<typeof LoadAnswer>

/** Throws when any request was not answered by success. */
export async function load(
  context: Context,
  task: Omit<LoadTask, 'requestsFile'> & { requests: readonly string[] },
): Promise<LoadAnswer> {
  const { requests, ...rest } = task
  const requestsFile = join(await freshDataDir(context), 'requests.json')
  await writeFile(requestsFile, JSON.stringify(requests))
  const answer = await workBeside(
    'processes/load.ts',
    { ...rest, requestsFile },
    LoadAnswer,
    context,
  )
  if (answer.failed > 0) throw new Error(`${answer.failed} requests failed: ${answer.failure}`)
  return answer
}

/** A request as bytes on the wire (RFC 9112). */
export function rawRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): string {
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ host: '127.0.0.1', ...headers, ...length })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`
}

/** A POST of JSON under a key. */
export function jsonPost(path: string, key: string, body: unknown): string {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  return rawRequest('POST', path, headers, JSON.stringify(body))
}
