/**
 * Document 000's whole world: a Close, a Discord, a database, and servers between them, each in a
 * process of its own as people start them, so that they can be killed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { startClose } from '../fakes/startClose.ts'
import { startDiscord } from '../fakes/startDiscord.ts'
import type { TestDatabase } from './database.ts'
import { type ServerProcess, type StartOptions, startServer } from './process.ts'

export const CLOSE_KEY = 'ab'.repeat(32)
export const API_KEY = 'close-world-key-of-the-instance'

export interface Alert {
  readonly id: string
  readonly title: string
  readonly text: string
}

export async function closeWorld(database: TestDatabase) {
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-close-'))
  const [close, discord] = await Promise.all([startClose(), startDiscord()])
  const servers: ServerProcess[] = []
  const { user, database: name, socketDir, port } = database.address
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: `postgres://${user}@/${name}?host=${socketDir}&port=${port}`,
    LOG_LEVEL: 'warn',
    CLOSEIO_API_KEY: 'api_test',
    CLOSEIO_BASE_URL: close.baseUrl,
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
  }
  after(async () => {
    for (const server of servers) await server.kill()
    await Promise.all([close.close(), discord.close()])
    await rm(dataDir, { recursive: true, force: true })
  })
  return {
    ...{ close, discord, env },
    async start(more: Record<string, string> = {}, by: StartOptions['by'] = 'node') {
      const server = await startServer({ by, env: { ...env, ...more } })
      servers.push(server)
      return server
    },
    /** As they look in Discord now. */
    async alerts(): Promise<Alert[]> {
      const { messages } = await discord.tell()
      return messages.map(({ id, body }) => ({ id, ...readAlert(body) }))
    },
  }
}

/** A message as Discord was sent it. */
export function readAlert(body: unknown): { title: string; text: string } {
  const { embeds = [] } = body as { embeds?: { title?: string; description?: string }[] }
  const [{ title = '', description = '' } = {}] = embeds
  return { title, text: description }
}

/** Of a server, where Close calls it. */
export const hookOf = ({ url }: ServerProcess, key: string | null = CLOSE_KEY) => ({
  ...{ key, url: `${url}/webhook/closeio` },
})
