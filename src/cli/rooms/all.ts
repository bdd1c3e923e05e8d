/** Every room that has commands, by the name that begins them. */
import { audit, key, user, workspace } from './access.ts'
import { consent, contact, suppression, topic } from './people.ts'
import type { Room } from './room.ts'
import { mail, messages, sender } from './sending.ts'
import { sync } from './sync.ts'
import { template } from './templates.ts'

export const rooms: Readonly<Record<string, Room>> = {
  ...{ contact, template, messages, sender, topic, consent, suppression },
  ...{ user, key, workspace, audit, mail, sync },
}
