/** The engine over a test database: workspace, senders, acceptor, all real. */
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import pino from 'pino'
import { type Assembly, assemble } from '../../src/app/assemble.ts'
import { type ChannelId, channelIds } from '../../src/channels/channel.ts'
import { sealContext } from '../../src/channels/directory.ts'
import { insertSenders } from '../../src/channels/store.ts'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { applyReceipts, type StateReceipt } from '../../src/messages/receipts.ts'
import { NewMessage } from '../../src/messages/schema.ts'
import { findMessage } from '../../src/messages/store/read.ts'
import type { TestDatabase } from './database.ts'

export interface TestEngine extends Assembly {
  readonly workspaceId: string
  readonly secrets: { readonly encryptionKey: Buffer; readonly jwtKey: Buffer }
  addWorkspace(slug: string): Promise<string>
  addSender(sender: {
    channel: ChannelId
    provider: string
    settings: unknown
    workspaceId?: string
    position?: number
    perSecond?: number
  }): Promise<string>
  accept(item: unknown, workspaceId?: string): Promise<string>
  status(id: string): Promise<string | undefined>
}

export async function testEngine(
  database: TestDatabase,
  options: {
    start?: boolean
    /** Of another engine, to be a second process of the same server. */
    like?: TestEngine
  } = {},
): Promise<TestEngine> {
  const { db, address } = database
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const fresh = { encryptionKey: randomBytes(32), jwtKey: randomBytes(32) }
  const secrets = options.like?.secrets ?? fresh
  const assembly = await assemble({
    db,
    address,
    log,
    secrets,
    publicUrl: 'https://beckon.test',
    roles: ['work'],
    onReceipts: async (row, receipts) => {
      const states = receipts.filter(
        (receipt) => receipt.kind !== 'opened' && receipt.kind !== 'clicked',
      )
      await db.engine.begin((tx) =>
        applyReceipts(
          tx,
          states.map((receipt) => ({
            workspaceId: row.workspaceId,
            messageId: row.id,
            kind: receipt.kind as StateReceipt,
            at: receipt.at,
            detail: receipt.detail ?? null,
            source: 'sandbox',
          })),
          db.clock.now(),
        ),
      )
    },
  })
  const addSender: TestEngine['addSender'] = async (sender) => {
    const id = uuid7()
    const workspace = sender.workspaceId ?? workspaceId
    const settings = assembly.sealing.seal(
      JSON.stringify(sender.settings),
      sealContext(workspace, id),
    )
    await insertSenders(db.engine, [
      {
        workspaceId: workspace,
        id,
        channel: sender.channel,
        provider: sender.provider,
        name: sender.provider,
        settings,
        origin: sender.provider === 'sandbox' ? 'builtin' : 'environment',
        position: sender.position ?? 0,
        perSecond: sender.perSecond ?? null,
        onUnknown: 'hold',
        createdAt: db.clock.now(),
      },
    ])
    assembly.directories.senders.forget(workspace)
    return id
  }
  const addWorkspace = async (slug: string) => {
    const id = uuid7()
    await db.engine`
      insert into workspaces (id, slug, name, pepper, created_at) values (${id}, ${slug}, ${slug}, ${randomBytes(16)}, ${db.clock.now()})
    `
    for (const channel of channelIds)
      await addSender({ channel, provider: 'sandbox', settings: {}, workspaceId: id })
    return id
  }
  let workspaceId = options.like?.workspaceId ?? ''
  workspaceId ||= await addWorkspace(`w${randomBytes(4).toString('hex')}`)
  if (options.start ?? true) await assembly.engine.start()
  after(() => assembly.close())
  return {
    ...assembly,
    ...{ workspaceId, secrets },
    addWorkspace,
    addSender,
    async accept(item, workspace = workspaceId) {
      const answer = await assembly.acceptor.accept({
        workspaceId: workspace,
        items: [NewMessage.parse(item)],
        batch: false,
        repeat: null,
      })
      return answer.accepted[0]?.id ?? ''
    },
    status: async (id) => (await findMessage(db.engine, workspaceId, id))?.status,
  }
}
