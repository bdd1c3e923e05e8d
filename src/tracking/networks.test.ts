import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ipPrefix, isCompanyDomain, networkFacts, scannerLists } from './networks.ts'

const prefixes: [ip: string, prefix: string | null][] = [
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['::ffff:cb00:714d', '203.0.113.0/24'],
  ['2001:db8:1:2::3', '2001:db8:1::/48'],
  ['2001:0DB8:0001::', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['::1', '0:0:0::/48'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0::/48'],
  ['', null],
  ['203.0.113', null],
  ['unknown', null],
  ['203.0.113.77, 10.0.0.1', null],
]

for (const [ip, prefix] of prefixes) {
  test(`the prefix of "${ip}" is ${prefix}`, () => assert.equal(ipPrefix(ip), prefix))
}

const members: [ip: string, scanner: boolean][] = [
  ['40.91.255.255', false],
  ['40.92.0.0', true],
  ['40.93.255.255', true],
  ['40.94.0.0', false],
  ['40.107.1.1', true],
  ['52.99.255.255', false],
  ['52.103.255.255', true],
  ['104.47.127.255', true],
  ['104.47.128.0', false],
  ['::ffff:40.92.0.1', true],
  ['2a01:111:f400::1', true],
  ['2a01:111:f401::1', false],
  ['2a01:111:f403:c10c::1', true],
  ['209.222.82.255', true],
  ['3.24.133.127', false],
  ['3.24.133.128', true],
  ['nonsense', false],
]

for (const [ip, scanner] of members) {
  test(`${ip} is ${scanner ? '' : 'not '}in a scanner's network`, () => {
    assert.equal(networkFacts(ip).scanner !== null, scanner)
  })
}

test('a reverse name counts at a label boundary only', () => {
  assert.equal(networkFacts('192.0.2.1', { hostName: 'x.pphosted.com.' }).scanner, 'pphosted.com')
  assert.equal(networkFacts('192.0.2.1', { hostName: 'notmimecast.com' }).scanner, null)
  assert.equal(networkFacts('192.0.2.1', { hostName: 'mimecast.com.evil.test' }).scanner, null)
})

test('every list says where it is from and when', () => {
  for (const list of scannerLists) {
    assert.ok(list.source.length > 0)
    assert.match(list.asOf, /^\d{4}-\d{2}$/)
  }
})

test('mailbox providers are no company', () => {
  for (const domain of ['gmail.com', 'Outlook.com', 'yahoo.co.uk', 'web.de', 'walla.co.il', '']) {
    assert.equal(isCompanyDomain(domain), false, domain)
  }
  for (const domain of ['analytical.test', 'webmail.test', 'mygmail.com', 'metro.test']) {
    assert.equal(isCompanyDomain(domain), true, domain)
  }
})
