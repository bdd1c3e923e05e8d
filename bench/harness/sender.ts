/**
 * Senders as the operator's environment makes them, where no variable does: to a sink on this
 * machine, which no member's sender may call.
 */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ChannelId } from '../../src/channels/channel.ts'
import { sealContext } from '../../src/channels/directory.ts'
import { insertSenders } from '../../src/channels/store.ts'
import { seal } from '../../src/lib/crypt.ts'
import { loadSecrets } from '../../src/lib/secrets.ts'
import { uuid7 } from '../../src/lib/uuid7.ts'
import type { TestedServer } from './server.ts'

const Workspaces = z.object({ data: z.array(z.object({ id: z.string(), slug: z.string() })) })

export async function workspaceId(server: TestedServer, slug: string): Promise<string> {
  const { data } = Workspaces.parse(await server.call('GET', '/workspaces'))
  const found = data.find((workspace) => workspace.slug === slug)
  if (!found) throw new Error(`there is no workspace ${slug}`)
  return found.id
}

/** Answers its id. Before the server has looked for senders of that workspace, or it learns of it a second later. */
export async function addSender(
  server: TestedServer,
  sender: { slug: string; channel: ChannelId; provider: string; settings: object },
): Promise<string> {
  const workspace = await workspaceId(server, sender.slug)
  const id = uuid7()
  const { encryptionKey } = await loadSecrets({}, server.dataDir)
  await insertSenders(await server.sql(), [
    {
      ...{ workspaceId: workspace, id, channel: sender.channel, provider: sender.provider },
      name: 'Sink',
      settings: seal(encryptionKey, JSON.stringify(sender.settings), sealContext(workspace, id)),
      origin: 'environment',
      position: 0,
      perSecond: null,
      onUnknown: 'hold',
      createdAt: new Date(),
    },
  ])
  return id
}

/** A secret of Standard Webhooks. */
export const signingSecret = () => `whsec_${randomBytes(32).toString('base64')}`
