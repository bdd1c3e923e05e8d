/** From a contact to where it is looked at in the systems that know it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settings as closeSettings } from '../connectors/close/api.ts'
import { close } from '../connectors/close/close.ts'
import { settings as mondaySettings } from '../connectors/monday/api.ts'
import { monday } from '../connectors/monday/monday.ts'

test('Close shows a person on the page of the lead that an event names', () => {
  const settings = closeSettings.parse({ api_key: 'a' })
  const linkOf = (told: Record<string, unknown>) =>
    close.linkOf?.({ externalId: 'cont_1', told }, settings)
  assert.equal(linkOf({ lead_id: 'lead_7' }), 'https://app.close.com/lead/lead_7/')
  assert.equal(linkOf({}), null)
  assert.equal(linkOf({ lead_id: '../evil' }), null)
})

test('monday leads to the address that it told, else to the item of the board', () => {
  const settings = mondaySettings.parse({ api_token: 'a', board_id: '12' })
  const linkOf = (told: Record<string, unknown>, externalId = '34') =>
    monday.linkOf?.({ externalId, told }, settings)
  const item_url = 'https://acme.monday.com/boards/12/pulses/34'
  assert.equal(linkOf({ item_id: '34', item_url }), item_url)
  const plain = 'https://monday.com/boards/12/pulses/34'
  assert.equal(linkOf({}), plain)
  assert.equal(linkOf({ item_id: '35', item_url }), plain)
  assert.equal(linkOf({ item_id: '34', item_url: 'https://evil.example/monday.com/' }), plain)
  assert.equal(linkOf({}, 'x'), null)
})
