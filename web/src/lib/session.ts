/** Who is signed in, and what they may do. */
import { useQuery } from '@tanstack/react-query'
import { type Answer, get } from './api.ts'
import { client } from './query.ts'

export type Me = Answer<'/auth/me'>
export type Scope = Me['scopes'][number]

const me = { queryKey: ['/auth/me'], queryFn: () => get('/auth/me'), staleTime: 60_000 }

/** For the router: throws when nobody is signed in. */
export const readMe = (): Promise<Me> => client.ensureQueryData(me)

export const useMe = (): Me | undefined => useQuery(me).data

export function useMay(scope: Scope): boolean {
  return useMe()?.scopes.includes(scope) ?? false
}

/** The zone in which the workspace counts its days; null where that may not be read. */
export function useWorkspace() {
  const id = useMe()?.workspace.id
  return useQuery({
    queryKey: ['/workspaces', id],
    enabled: id !== undefined,
    retry: false,
    queryFn: () => get('/workspaces/{id}', { params: { id: id ?? '' } }),
  }).data
}
