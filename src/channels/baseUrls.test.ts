import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withOperatorsBase } from './baseUrls.ts'
import { findProvider } from './registry.ts'

const base = 'http://127.0.0.1:9/proxy'
const webhook = 'https://discord.com/api/webhooks/1/token'
const bot = { bot_token: 'xoxb-token', channel: 'C1' }
const phone = { token: 'a token', phone_number_id: '1' }

function baseOf(id: 'discord' | 'slack' | 'whatsapp', given: object, variable: string) {
  const provider = findProvider(id, id)
  assert.ok(provider)
  const settings = provider.settings.parse(given)
  return withOperatorsBase(provider, settings, { [variable]: base })?.['base_url']
}

test('the operator’s address holds for senders that name no other', () => {
  assert.equal(baseOf('discord', { webhook_url: webhook }, 'DISCORD_BASE_URL'), base)
  assert.equal(baseOf('slack', bot, 'SLACK_BASE_URL'), base)
  assert.equal(baseOf('whatsapp', phone, 'META_BASE_URL'), base)
  assert.equal(baseOf('whatsapp', phone, 'SLACK_BASE_URL'), undefined)
})

test('an address that members typed is never trusted for the operator’s sake', () => {
  const own = { base_url: 'https://proxy.example.com' }
  assert.equal(baseOf('discord', { webhook_url: webhook, ...own }, 'DISCORD_BASE_URL'), undefined)
  assert.equal(baseOf('slack', { ...bot, ...own }, 'SLACK_BASE_URL'), undefined)
  assert.equal(baseOf('whatsapp', { ...phone, ...own }, 'META_BASE_URL'), undefined)
  // A webhook's whole address is typed; what is no part of the vendor's API is called as it stands.
  const elsewhere = { webhook_url: 'https://hooks.example.com/api/webhooks/1/token' }
  assert.equal(baseOf('discord', elsewhere, 'DISCORD_BASE_URL'), undefined)
  assert.equal(baseOf('slack', { ...bot, ...elsewhere }, 'SLACK_BASE_URL'), undefined)
  for (const path of [
    'admin/anything',
    'api/webhooks/1/..%2f..%2fadmin',
    'api/webhooks/1/token/slack',
  ]) {
    const odd = { webhook_url: `https://discord.com/${path}` }
    assert.equal(baseOf('discord', odd, 'DISCORD_BASE_URL'), undefined, path)
  }
})
