/** Who did something: a member or key by name, where the viewer may know who that is. */
import { useQuery } from '@tanstack/react-query'
import { get } from '../lib/api.ts'
import { msg, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { Text } from '../ui/Small.tsx'

export interface ActorFacts {
  readonly actor_kind: string
  readonly actor_id: string | null
}

export const actorKinds: Record<string, string> = {
  session: msg('A member'),
  key: msg('An API key'),
  system: msg('The server'),
  instance: msg('The operator’s key'),
  token: msg('A login token'),
}

export function useActors() {
  const mayMembers = useMay('members:read')
  const members = useQuery({
    queryKey: ['/members'],
    enabled: mayMembers,
    queryFn: () => get('/members'),
  })
  const keys = useList('/api-keys', {}, { enabled: useMay('keys:write') })
  const names = new Map<string, string>()
  for (const { id, full_name, email, user_name } of members.data?.data ?? [])
    names.set(id, full_name || email || user_name || id)
  for (const { id, name } of keys.data?.pages.flatMap(({ data }) => data) ?? []) names.set(id, name)
  return names
}

export function Actor({ of }: { of: ActorFacts }) {
  const names = useActors()
  const kind = actorKinds[of.actor_kind]
  return <Text>{names.get(of.actor_id ?? '') ?? (kind ? told(kind) : of.actor_kind)}</Text>
}
