/** What members may be, as people read it. */
import type { Row } from '../lib/api.ts'
import { msg, told } from '../lib/language.ts'

export type Role = Row<'/members'>['role']

export const roles: Record<Role, readonly [name: string, meaning: string]> = {
  owner: [msg('Owner'), msg('may do everything')],
  admin: [msg('Admin'), msg('everything but owners')],
  editor: [msg('Editor'), msg('messages, templates, journeys, contacts')],
  viewer: [msg('Viewer'), msg('reads')],
  client: [msg('Client'), msg('reads their own figures')],
}
export const roleOptions = () =>
  Object.entries(roles).map(
    ([id, [name, meaning]]) => [id, `${told(name)} – ${told(meaning)}`] as const,
  )
