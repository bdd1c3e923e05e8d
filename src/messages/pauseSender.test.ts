import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { testDatabase } from '../../test/helpers/database.ts'
import { type TestEngine, testEngine } from '../../test/helpers/engine.ts'
import type { Role } from '../workspaces/auth.ts'
import { insertMembership, insertPerson } from '../workspaces/members/store.ts'
import { pauseSender } from './pauseSender.ts'

const database = await testDatabase()
const { db, clock } = database
const engine = await testEngine(database, { start: false })
const other = await testEngine(database, { start: false, like: engine })
const REASON = 'Meta refused (190): the token has expired'

let workspaces = 0
async function world() {
  const workspaceId = await engine.addWorkspace(`paused-${++workspaces}`)
  const add = (channel: 'whatsapp' | 'email' | 'discord', provider: string, settings: object) =>
    engine.addSender({ channel, provider, settings, workspaceId, position: -1 })
  const whatsapp = await add('whatsapp', 'whatsapp', { token: 't', phone_number_id: '1' })
  const pause = async ({ directories }: TestEngine) => {
    const sender = await directories.senders.find(workspaceId, whatsapp)
    const log = pino({ level: 'silent' })
    await pauseSender(sender!, REASON, { db, log, directories, publicUrl: 'https://beckon.test' })
  }
  const member = async (email: string, role: Role) => {
    const nameless = { userName: null, fullName: null, passwordHash: 'x', createdBy: null }
    const id = await insertPerson(db.engine, { email, ...nameless }, clock.now())
    await insertMembership(db.engine, workspaceId, id!, role, clock.now())
  }
  const told = () => db.engine<{ channel: string; address: string; text: string }[]>`
    select m.channel, m.address, c.content->>'text' as text
    from messages m join message_contents c on c.workspace_id = m.workspace_id and c.message_id = m.id
    where m.workspace_id = ${workspaceId} order by m.address
  `
  const status = async () => {
    const [row] = await db.engine`select status from senders where id = ${whatsapp}`
    return row?.['status']
  }
  return { workspaceId, whatsapp, add, pause, member, told, status }
}

const smtp = { host: 'mail.example.com', from_email: 'beckon@example.com' }
const discord = { webhook_url: 'https://discord.com/api/webhooks/1/x' }

test('owners and admins get one mail for each pause, however many processes see it', async () => {
  const { add, pause, member, told, status, whatsapp, workspaceId } = await world()
  await add('email', 'smtp', smtp)
  await add('discord', 'discord', discord)
  await member('owner@example.com', 'owner')
  await member('admin@example.com', 'admin')
  await member('viewer@example.com', 'viewer')
  await Promise.all([pause(engine), pause(other)])
  await pause(other)
  assert.equal(await status(), 'paused')
  const mails = await told()
  assert.deepEqual(
    mails.map(({ channel, address }) => [channel, address]),
    [
      ['email', 'admin@example.com'],
      ['email', 'owner@example.com'],
    ],
  )
  assert.equal((await db.engine`select from contacts where workspace_id = ${workspaceId}`).count, 0)
  assert.match(mails[0]!.text, /190.*https:\/\/beckon\.test\/app\/senders/s)
  await db.engine`update senders set status = 'active' where id = ${whatsapp}`
  engine.directories.senders.forget(workspaceId)
  await pause(engine)
  assert.equal((await told()).length, 4, 'another pause is another mail')
})

test('without mail a room is told; without a room nobody, and it is paused all the same', async () => {
  const room = await world()
  await room.member('chat@example.com', 'owner')
  await room.add('discord', 'discord', discord)
  await room.pause(engine)
  const rows = await room.told()
  assert.deepEqual([rows.length, rows[0]?.channel], [1, 'discord'])
  const alone = await world()
  await alone.pause(engine)
  assert.deepEqual([await alone.status(), (await alone.told()).length], ['paused', 0])
})

test('it is paused although its notice cannot be written', async () => {
  const { add, pause, member, told, status, workspaceId } = await world()
  const mail = await add('email', 'smtp', smtp)
  await member('late@example.com', 'owner')
  await engine.directories.senders.forChannel(workspaceId, 'email') // is known
  await db.engine`delete from senders where id = ${mail}`
  await pause(engine)
  assert.deepEqual([await status(), (await told()).length], ['paused', 0])
})

test('the owner is found behind many others', async () => {
  const { add, pause, member, told } = await world()
  await add('email', 'smtp', smtp)
  for (let n = 0; n < 101; n++) await member(`viewer${n}@example.com`, 'viewer')
  await member('last@example.com', 'owner')
  await pause(engine)
  const mails = await told()
  assert.deepEqual(
    mails.map(({ address }) => address),
    ['last@example.com'],
  )
})
