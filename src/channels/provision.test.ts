import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { inWorkspace } from '../db/db.ts'
import { open, seal } from '../lib/crypt.ts'
import { channelIds } from './channel.ts'
import type { SenderVariables } from './environment.ts'
import { provisionFromEnvironment, provisionWorkspace } from './provision.ts'
import { listSenders, type SenderRow, updateSender } from './store.ts'
import { openSettings } from './view.ts'

const database = await testDatabase()
const { db, clock } = database

const sealingWith = (key: Buffer) => ({
  seal: (text: string, context: string) => seal(key, text, context),
  unseal: (sealed: string, context: string) => open(key, sealed, context),
})
const sealing = sealingWith(randomBytes(32))

const DISCORD = 'https://discord.com/api/webhooks/1/aaaa'
const all: SenderVariables = {
  SMTP_URL: 'smtp://user:pass%20word@smtp.example.com:2525?connections=3',
  EMAIL_FROM: 'Team <team@example.com>',
  DISCORD_WEBHOOK_URL: DISCORD,
  DISCORD_BASE_URL: 'http://127.0.0.1:9/api/v10',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x',
  TEAMS_WEBHOOK_URL: 'https://x.logic.azure.com/workflows/1?sig=abc',
}

let workspaces = 0
async function world() {
  const workspaceId = await addWorkspace(database, `provision-${++workspaces}`)
  const start = (variables: SenderVariables, with_ = sealing) =>
    inWorkspace(db, workspaceId, (tx) =>
      provisionFromEnvironment(tx, workspaceId, variables, clock.now(), with_),
    )
  const rows = () => listSenders(db.engine, workspaceId)
  const one = async (): Promise<SenderRow> => {
    const [row] = await rows()
    assert.ok(row)
    return row
  }
  const change = async (patch: Parameters<typeof updateSender>[3]) =>
    updateSender(db.engine, workspaceId, (await one()).id, patch, clock.now())
  return { workspaceId, start, rows, one, change }
}

test('every channel gets its sandbox, once, however often it is asked for', async () => {
  const { workspaceId, rows } = await world()
  const provision = () =>
    inWorkspace(db, workspaceId, (tx) =>
      provisionWorkspace(tx, workspaceId, clock.now(), sealing.seal),
    )
  await Promise.all([provision(), provision()])
  await provision()
  const channels = (await rows()).map((row) => [row.channel, row.provider, row.origin])
  assert.deepEqual(channels.sort(), channelIds.map((id) => [id, 'sandbox', 'builtin']).sort())
})

test('the environment’s variables become senders, under the same ids at every start', async () => {
  const { start, rows } = await world()
  await Promise.all([start(all), start(all)])
  const first = await rows()
  assert.deepEqual(
    first.map((row) => [row.provider, row.origin, row.status]),
    ['discord', 'smtp', 'slack', 'teams'].map((id) => [id, 'environment', 'active']),
  )
  const settings = first.map((row) => openSettings(row, sealing))
  assert.deepEqual(settings[0], { webhook_url: DISCORD, base_url: all.DISCORD_BASE_URL })
  const { host, port, user, password, from_email, from_name, connections } = settings[1] ?? {}
  assert.deepEqual(
    { host, port, user, password, from_email, from_name, connections },
    {
      host: 'smtp.example.com',
      port: 2525,
      user: 'user',
      password: 'pass word',
      from_email: 'team@example.com',
      from_name: 'Team',
      connections: 3,
    },
  )
  await start(all)
  assert.deepEqual(await rows(), first, 'a start with the same variables changes nothing')
})

test('a changed variable changes the sender; one that is gone disables it until it is back', async () => {
  const { start, one } = await world()
  await start({ DISCORD_WEBHOOK_URL: DISCORD })
  const { id } = await one()
  await start({ DISCORD_WEBHOOK_URL: `${DISCORD}bb` })
  assert.deepEqual(openSettings(await one(), sealing), { webhook_url: `${DISCORD}bb` })
  await start({})
  assert.deepEqual(
    [(await one()).status, (await one()).statusReason],
    ['disabled', 'Its variable is no longer set in the environment.'],
  )
  await start({ DISCORD_WEBHOOK_URL: DISCORD })
  assert.deepEqual([(await one()).id, (await one()).status], [id, 'active'])
  assert.equal((await one()).statusReason, null)
})

test('what a person paused stays paused; what a fault paused works with new settings', async () => {
  const { start, one, change } = await world()
  await start({ DISCORD_WEBHOOK_URL: DISCORD })
  await change({ status: 'paused', statusReason: 'Discord answered 401' })
  await start({ DISCORD_WEBHOOK_URL: DISCORD })
  assert.equal((await one()).status, 'paused')
  await start({ DISCORD_WEBHOOK_URL: `${DISCORD}cc` })
  assert.equal((await one()).status, 'active')
  await change({ status: 'paused', statusReason: 'By hand: holiday' })
  await start({ DISCORD_WEBHOOK_URL: DISCORD })
  assert.equal((await one()).status, 'paused')
  await change({ status: 'disabled', statusReason: 'By hand' })
  await start({})
  await start({ DISCORD_WEBHOOK_URL: DISCORD })
  assert.deepEqual([(await one()).status, (await one()).statusReason], ['disabled', 'By hand'])
})

test('settings sealed with another key are sealed again', async () => {
  const { start, one } = await world()
  await start({ DISCORD_WEBHOOK_URL: DISCORD }, sealingWith(randomBytes(32)))
  await start({ DISCORD_WEBHOOK_URL: DISCORD })
  assert.deepEqual(openSettings(await one(), sealing), { webhook_url: DISCORD })
})

test('every bad value is named at once, and none is shown', async () => {
  const { start, rows } = await world()
  const bad: SenderVariables = {
    ...all,
    EMAIL_FROM: 'nobody',
    DISCORD_WEBHOOK_URL: 'not-a-url-but-secret',
    SLACK_BASE_URL: 'nor-this',
  }
  for (const SMTP_URL of [
    'smtp://user:hunter2hunter2@smtp.example.com?connections=zero',
    'ftp://user:hunter2hunter2@smtp.example.com',
  ]) {
    await assert.rejects(start({ ...bad, SMTP_URL }), (error) => {
      assert.ok(error instanceof Error)
      assert.match(error.message, /4 fault\(s\)/)
      for (const name of ['SMTP_URL', 'EMAIL_FROM', 'DISCORD_WEBHOOK_URL', 'SLACK_BASE_URL']) {
        assert.match(error.message, new RegExp(`- ${name}: [^\\n]*$`, 'm'))
      }
      assert.doesNotMatch(error.message, /hunter2|secret/)
      return true
    })
  }
  for (const [variable, other, values] of [
    ['SMTP_URL', 'EMAIL_FROM', { SMTP_URL: `${all.SMTP_URL}&from_name=${'x'.repeat(201)}` }],
    ['EMAIL_FROM', 'SMTP_URL', { EMAIL_FROM: `${'x'.repeat(201)} <team@example.com>` }],
  ] as const)
    await assert.rejects(start({ ...all, ...values }), (error) => {
      assert.ok(error instanceof Error)
      assert.match(error.message, new RegExp(`- ${variable}: `))
      assert.doesNotMatch(error.message, new RegExp(other))
      return true
    })
  assert.equal((await rows()).length, 0)
})
