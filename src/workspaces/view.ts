/** A workspace as the API and the command line show it. */
import type { z } from 'zod'
import type { WorkspaceView } from './schema.ts'
import type { Workspace } from './store.ts'

export function viewOf(row: Workspace): z.infer<typeof WorkspaceView> {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    time_zone: row.timeZone,
    locale: row.locale,
    default_country: row.defaultCountry,
    accept_per_second: row.acceptPerSecond,
    honeypot_link: row.honeypotLink,
    created_at: row.createdAt.toISOString(),
  }
}
