/**
 * Something that the people of a workspace are to know: a mail to its owners and admins where one can be
 * sent, else a message into their Slack, Discord or Teams. A message as any other, by the same door.
 */
import type { ChannelId } from '../channels/channel.ts'
import type { Sender } from '../channels/directory.ts'
import type { Sql } from '../db/db.ts'
import { listKeepers } from '../workspaces/members/store.ts'
import { type Directories, readFacts } from './facts.ts'
import { type Prepared, prepare } from './prepare.ts'
import { NewMessage } from './schema.ts'

const ROOMS: readonly ChannelId[] = ['slack', 'discord', 'teams'] // in order of preference
const MAX_TOLD = 10

export interface Notice {
  readonly subject: string
  readonly text: string
}

/** Hand what it answers to `acceptIn`. Empty where nobody can be told. `without`: that sender cannot be used. */
export async function prepareNotice(
  sql: Sql,
  directories: Directories,
  { workspaceId, id: without }: { workspaceId: string; id: string },
  { subject, text }: Notice,
  now: Date,
): Promise<Prepared[]> {
  const usable = async (channel: ChannelId): Promise<Sender | undefined> => {
    const all = await directories.senders.forChannel(workspaceId, channel)
    return all.find(
      ({ id, status, provider }) =>
        id !== without && status === 'active' && provider.id !== 'sandbox',
    )
  }
  const plan = async (item: object): Promise<Prepared[]> => {
    const message = NewMessage.parse({ ...item, subject, message: text, priority: 'high' })
    const facts = await readFacts(directories, workspaceId, [message])
    const prepared = prepare(facts, message, { pointer: '', now })
    // No contact is made of a member: nobody is to write to them, nor to count them.
    return prepared.map((each) => ({ ...each, kind: 'system' as const, recipientId: null }))
  }
  const mail = await usable('email')
  const people = mail ? await listKeepers(sql, workspaceId, MAX_TOLD) : []
  if (mail && people.length > 0) {
    const all: Prepared[] = []
    for (const to of people)
      all.push(...(await plan({ channel: 'email', sender_id: mail.id, to, tracking: false })))
    return all
  }
  for (const channel of ROOMS) {
    const room = await usable(channel)
    if (room) return plan({ channel, sender_id: room.id })
  }
  return []
}
