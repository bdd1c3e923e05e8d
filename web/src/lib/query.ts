/** Reading lists page by page, and what all queries of the dashboard have in common. */
import {
  type InfiniteData,
  MutationCache,
  QueryCache,
  QueryClient,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
} from '@tanstack/react-query'
import type { paths } from './api.gen.ts'
import { type Answer, request } from './api.ts'
import { isSignedOut, ProblemError } from './problem.ts'

const PAGE = 50 // rows
const TRIES = 2

/** What to do when the session has ended; the router sets it. */
let onSignedOut: () => void = () => {}
export function setOnSignedOut(handler: () => void): void {
  onSignedOut = handler
}

const watch = { onError: (error: Error) => isSignedOut(error) && onSignedOut() }

export const client = new QueryClient({
  queryCache: new QueryCache(watch),
  mutationCache: new MutationCache(watch),
  defaultOptions: {
    // A browser without internet reaches a server in its own network; without either, that is said.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      refetchOnReconnect: true,
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < TRIES && !(error instanceof ProblemError && error.problem.status < 500),
    },
  },
})

/** Paths that answer `{data, next_cursor}`. */
type ListPath = {
  [P in keyof paths]: paths[P] extends { get: { responses: unknown } }
    ? Answer<P> extends { data: readonly unknown[] }
      ? P
      : never
    : never
}[keyof paths]
type RowOf<P extends ListPath> = Answer<P> extends { data: readonly (infer R)[] } ? R : never
export interface PageOf<T> {
  readonly data: readonly T[]
  readonly next_cursor?: string | null
}
export type List<T> = UseInfiniteQueryResult<InfiniteData<PageOf<T>>, Error>

/** A list of the API. Its key begins with the path, so `refresh('/contacts')` reads it again. */
export function useList<P extends ListPath>(
  path: P,
  query: Readonly<Record<string, string>> = {},
  options: { params?: Readonly<Record<string, string>>; limit?: number; enabled?: boolean } = {},
): List<RowOf<P>> {
  const { params = {}, limit = PAGE, enabled = true } = options
  return useInfiniteQuery({
    queryKey: [path, params, query],
    enabled,
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) =>
      (await request('GET', path, {
        params,
        query: { limit: String(limit), ...query, cursor: pageParam },
        signal,
      })) as PageOf<RowOf<P>>, // the server's own description says so
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
}

/** Reads everything again whose key begins with one of these paths. */
export async function refresh(...starts: readonly string[]): Promise<void> {
  await Promise.all(starts.map((path) => client.invalidateQueries({ queryKey: [path] })))
}
