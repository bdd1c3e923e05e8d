/** Whole servers, as people run several of them: one database that DATABASE_URL names, one mail server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { type DatabaseAddress, type Db, openDb } from '../../src/db/db.ts'
import { type ServerProcess, type StartOptions, startServer } from '../helpers/process.ts'
import { type SmtpSink, startSmtpSink } from '../helpers/smtpSink.ts'
import { type DatabaseLink, startDatabaseLink } from './databaseLink.ts'
import { freshDatabase } from './freshDatabase.ts'

export const KEY = 'fault-test-key-of-the-instance'

export interface ServerWorld {
  readonly address: DatabaseAddress
  readonly db: Db
  readonly sink: SmtpSink
  /** What servers connect through, when it was asked for. The test's own connections go past it. */
  readonly link: DatabaseLink
  start(options?: Partial<StartOptions>): Promise<ServerProcess>
  /** Of the default workspace, once a server has made it. */
  workspaceId(): Promise<string>
}

export interface ServerWorldOptions {
  /** Between writing a mail down and saying so. */
  readonly thinkMs?: number
  /** By a link that can be slow, silent or cut. */
  readonly linked?: boolean
  /** Mails as they came, for their pixels and links. */
  readonly keepRaw?: boolean
}

export async function serverWorld(options: ServerWorldOptions = {}): Promise<ServerWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-faults-'))
  const { address, drop } = await freshDatabase()
  const db = await openDb(address, { connections: 4 })
  const sink = await startSmtpSink({
    thinkMs: options.thinkMs ?? 0,
    keepRaw: options.keepRaw ?? false,
  })
  const link = await startDatabaseLink(address)
  const servers: ServerProcess[] = []
  after(async () => {
    for (const server of servers) await server.kill()
    link.close()
    await sink.close()
    await db.close()
    await drop()
    await rm(dataDir, { recursive: true, force: true })
  })
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: options.linked
      ? `postgres://${address.user}@127.0.0.1:${link.port}/${address.database}`
      : `postgres://${address.user}@/${address.database}?host=${address.socketDir}&port=${address.port}`,
    OREE_API_KEY: KEY,
    PUBLIC_URL: 'https://faults.example.com',
    SMTP_URL: `${sink.url}?connections=4`,
    EMAIL_FROM: 'faults@example.com',
    LOG_LEVEL: 'warn',
  }
  return {
    address,
    db,
    sink,
    link,
    async start(given = {}) {
      const server = await startServer({ by: 'node', ...given, env: { ...env, ...given.env } })
      servers.push(server)
      return server
    },
    async workspaceId() {
      const [row] = await db.engine<
        { id: string }[]
      >`select id from workspaces where slug = 'default'`
      return row?.id ?? ''
    },
  }
}
