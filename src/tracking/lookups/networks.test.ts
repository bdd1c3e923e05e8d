/** What is remembered of networks, and for how long. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startDns } from '../../../test/helpers/startDns.ts'
import { createDns } from '../../lib/dns.ts'
import { createCounters } from '../counters.ts'
import { createNetworks } from './networks.ts'

const dns = await startDns()
after(() => dns.close())

const IP = '3.15.23.42'
const ORIGIN = '0.23.15.3.origin.asn.cymru.com'
const POINTER = '42.23.15.3.in-addr.arpa'
const HOUR_MS = 3_600_000

function start() {
  let now = new Date('2026-11-22T10:00:00Z')
  const forward = (hours: number) => {
    now = new Date(+now + hours * HOUR_MS)
  }
  const counters = createCounters()
  const asking = createDns([dns.address], 1)
  const networks = createNetworks({ dns: asking, counters, clock: { now: () => now } })
  return { forward, counters, networks }
}

test('an answer is remembered for a day, and of a network one is enough', async () => {
  await dns.set({ [ORIGIN]: [['TXT', '16509 | 3.14.0.0/15']], [POINTER]: [['PTR', 'a.example']] })
  const { forward, networks } = start()
  assert.deepEqual(networks.known(IP), { asn: null, hostName: null, complete: false })
  const facts = { asn: 16509, hostName: 'a.example' }
  assert.deepEqual(await Promise.all([networks.lookUp(IP), networks.lookUp(IP)]), [facts, facts])
  await networks.lookUp('3.15.23.43')
  assert.deepEqual((await dns.asked()).toSorted(), [ORIGIN, POINTER, '43.23.15.3.in-addr.arpa'])
  forward(23)
  assert.deepEqual(networks.known(IP), { ...facts, complete: true })
  forward(2)
  assert.equal(networks.known(IP).complete, false)
})

test('that there is nothing is remembered for an hour, and no answer not at all', async () => {
  await dns.set({ [ORIGIN]: 'silent' })
  const { forward, networks } = start()
  assert.deepEqual(await networks.lookUp(IP), { asn: null, hostName: null })
  await dns.set({ [ORIGIN]: [['TXT', '16509 | 3.14.0.0/15']], [POINTER]: [['PTR', 'a.example']] })
  assert.deepEqual(await networks.lookUp(IP), { asn: 16509, hostName: null })
  assert.deepEqual(await dns.asked(), [ORIGIN])
  forward(2)
  assert.deepEqual(await networks.lookUp(IP), { asn: 16509, hostName: 'a.example' })
})

test('private addresses are nobody’s business', () => {
  const { networks } = start()
  for (const ip of ['10.0.0.1', '127.0.0.1', '::1', 'fe80::1', '::ffff:10.0.0.1', 'unknown', ''])
    assert.equal(networks.isPublic(ip), false, ip)
  for (const ip of [IP, `::ffff:${IP}`, '2a01:111:f400::1'])
    assert.equal(networks.isPublic(ip), true, ip)
})
