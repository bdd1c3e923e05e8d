/**
 * The API, typed by its own description (api.gen.ts, made from docs/openapi.json). The session's
 * cookie goes along by itself; the server checks where a change comes from, so no token is needed.
 */

import type { paths } from './api.gen.ts'
import { isAttended } from './attended.ts'
import { type Problem, ProblemError } from './problem.ts'

type Method = 'get' | 'post' | 'put' | 'delete'
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never
}[keyof paths]

type Json<T> = T extends { content: { 'application/json': infer R } } ? R : undefined
type Good = 200 | 201 | 202
type Success<O> = O extends { responses: infer R } ? Json<R[Extract<keyof R, Good>]> : never
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never
type BodyOf<O> = O extends { requestBody?: { content: { 'application/json': infer B } } }
  ? B
  : undefined

/** What a path answers: `Answer<'/notifications/{id}'>`. */
export type Answer<P extends keyof paths, M extends Method = 'get'> = Success<Operation<P, M>>
/** One row of a list: `Row<'/notifications'>`. */
export type Row<P extends keyof paths> =
  Answer<P> extends { data: readonly (infer R)[] } ? R : never
export type Body<P extends keyof paths, M extends Method> = BodyOf<Operation<P, M>>

export interface Ask<Q, B> {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: { readonly [K in keyof Q]?: Q[K] | undefined }
  readonly body?: B
  /** Asked again with the same key (and all else the same), it is done once. */
  readonly key?: string
  /** The version that was looked at; refused when somebody has saved another. */
  readonly seen?: number | undefined
  /** Also when the page is left meanwhile. */
  readonly keepalive?: boolean
  readonly signal?: AbortSignal | undefined
}

export function get<P extends PathOf<'get'>>(
  path: P,
  ask: Ask<QueryOf<Operation<P, 'get'>>, undefined> = {},
): Promise<Answer<P>> {
  return request('GET', path, ask) as Promise<Answer<P>> // the server's own description says so
}

export function post<P extends PathOf<'post'>>(
  path: P,
  ask: Ask<QueryOf<Operation<P, 'post'>>, Body<P, 'post'>> = {},
): Promise<Answer<P, 'post'>> {
  return request('POST', path, ask) as Promise<Answer<P, 'post'>>
}

export function put<P extends PathOf<'put'>>(
  path: P,
  ask: Ask<QueryOf<Operation<P, 'put'>>, Body<P, 'put'>> = {},
): Promise<Answer<P, 'put'>> {
  return request('PUT', path, ask) as Promise<Answer<P, 'put'>>
}

export function remove<P extends PathOf<'delete'>>(
  path: P,
  ask: Ask<QueryOf<Operation<P, 'delete'>>, undefined> = {},
): Promise<Answer<P, 'delete'>> {
  return request('DELETE', path, ask) as Promise<Answer<P, 'delete'>>
}

/** Asks for the password again; true once it was given. Set by the dialog that does it. */
let verify: () => Promise<boolean> = async () => false
export function setVerifier(ask: () => Promise<boolean>): void {
  verify = ask
}

export async function request(
  method: string,
  path: string,
  ask: Ask<object, unknown> & { readonly raw?: string | Blob; readonly type?: string } = {},
): Promise<unknown> {
  const hasBody = ask.raw !== undefined || ask.body !== undefined
  const response = await fetch(addressOf(path, ask.params, ask.query), {
    method,
    headers: {
      accept: 'application/json',
      ...(isAttended() ? {} : { 'x-unattended': '1' }),
      ...(ask.key ? { 'idempotency-key': ask.key } : {}),
      ...(ask.seen === undefined ? {} : { 'if-match': `"${ask.seen}"` }),
      ...(hasBody ? { 'content-type': ask.type ?? 'application/json' } : {}),
    },
    ...(hasBody ? { body: ask.raw ?? JSON.stringify(ask.body) } : {}),
    ...(ask.keepalive ? { keepalive: true } : {}),
    ...(ask.signal ? { signal: ask.signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ProblemError({ status: 0, code: 'unreachable', title: '' })
  })
  if (response.status === 204) return undefined
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  const answer: unknown = isJson ? await response.json() : await response.text()
  if (response.ok) return answer
  const problem = isJson
    ? (answer as Problem) // problem+json, as every error of ours is
    : { status: response.status, code: 'unavailable', title: response.statusText }
  if (problem.code === 'reauthentication_required' && (await verify()))
    return request(method, path, ask)
  throw new ProblemError(problem)
}

export function addressOf(
  path: string,
  params: Readonly<Record<string, string>> = {},
  query: object = {},
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  )
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))
  return search.size > 0 ? `${filled}?${search}` : filled
}
