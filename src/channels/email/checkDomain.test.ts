import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, test } from 'node:test'
import { startDns, type Zone } from '../../../test/helpers/startDns.ts'
import { createDns } from '../../lib/dns.ts'
import { checkDomain } from './checkDomain.ts'
import { checkSpf } from './spf.ts'

const server = await startDns()
after(() => server.close())
const dns = createDns([server.address])
const sender = {
  domain: 'shop.example',
  mailbox: 'team@shop.example',
  host: 'smtp.sendgrid.net',
  selector: 's1' as string | undefined,
}
const publicUrl = 'https://links.shop.example'
const keyOf = (bits: number) =>
  generateKeyPairSync('rsa', { modulusLength: bits })
    .publicKey.export({ type: 'spki', format: 'der' })
    .toString('base64')
const key = keyOf(2_048)

/** A domain of which nothing is wrong. */
const good: Zone = {
  'shop.example': [
    ['TXT', 'some-vendor-verification=1'],
    ['TXT', 'v=spf1 include:mail.shop.example ~all'],
  ],
  'mail.shop.example': [['TXT', 'v=spf1 include:sendgrid.net -all']],
  'sendgrid.net': [['TXT', 'v=spf1 ip4:167.89.0.0/17 ~all']],
  's1._domainkey.shop.example': [['CNAME', 's1.domainkey.u1.wl.sendgrid.net']],
  's1.domainkey.u1.wl.sendgrid.net': [['TXT', `v=DKIM1; k=rsa; p=${key}`]],
  '_dmarc.shop.example': [['TXT', 'v=DMARC1; p=reject; rua=mailto:a@shop.example']],
  'links.shop.example': [['A', '203.0.113.9']],
}

async function look(zone: Zone, changed: Partial<typeof sender> = {}, url = publicUrl) {
  await server.set(zone)
  const records = await checkDomain({ ...sender, ...changed }, { dns, publicUrl: url })
  return Object.fromEntries(records.map((each) => [each.id, each]))
}
const statesOf = (found: Awaited<ReturnType<typeof look>>) =>
  Object.fromEntries(Object.entries(found).map(([id, { state }]) => [id, state]))

test('a domain that has everything is found, through includes and other names', async () => {
  const found = await look(good)
  assert.deepEqual(statesOf(found), { spf: 'found', dkim: 'found', dmarc: 'found', links: 'found' })
  assert.ok(Object.values(found).every(({ wanted }) => wanted === null))
})

test('a network in a record that is none matches nothing, and stops nothing', async () => {
  const lengths = ['1.5', '', '-1', '33', 'abc', '0x8', '1e1', '999999999999']
  const terms = lengths.map((length) => `ip4:93.184.215.34/${length} ip6:2001:db8::/${length}`)
  const zone: Zone = {
    'shop.example': [['TXT', `v=spf1 ${terms.join(' ')} -all`]],
    'mail.shop.example': [['A', '93.184.215.34']],
  }
  const { spf } = await look(zone, { host: 'mail.shop.example' })
  assert.equal(spf?.state, 'wrong')
  assert.match(spf?.detail ?? '', /does not name/)
})

test('a domain that has nothing is told each record exactly', async () => {
  const found = await look({})
  assert.deepEqual(statesOf(found), {
    ...{ spf: 'missing', dkim: 'missing', dmarc: 'missing', links: 'missing' },
  })
  assert.deepEqual(found['spf']?.wanted, {
    ...{ type: 'TXT', name: 'shop.example', value: 'v=spf1 include:sendgrid.net ~all' },
  })
  assert.equal(found['dkim']?.wanted?.name, 's1._domainkey.shop.example')
  assert.deepEqual(found['dmarc']?.wanted, {
    ...{ type: 'TXT', name: '_dmarc.shop.example' },
    value: 'v=DMARC1; p=none; rua=mailto:team@shop.example',
  })
})

test('a name server that is silent is not taken for a record that is missing', async () => {
  const found = await look({
    ...{ 'shop.example': 'silent', '_dmarc.shop.example': 'silent' },
    ...{ 's1._domainkey.shop.example': 'silent', 'links.shop.example': 'silent' },
  })
  const unknown = { spf: 'unknown', dkim: 'unknown', dmarc: 'unknown', links: 'unknown' }
  assert.deepEqual(statesOf(found), unknown)
})

const spf: readonly [string, readonly string[], string, string | null][] = [
  ['not named', ['v=spf1 mx -all'], 'wrong', 'v=spf1 mx include:sendgrid.net -all'],
  [
    'two records',
    ['v=spf1 mx ~all', 'v=spf1 include:sendgrid.net ~all'],
    ...(['wrong', 'v=spf1 mx include:sendgrid.net ~all'] as const),
  ],
  [
    'everybody may',
    ['v=spf1 include:sendgrid.net +all'],
    'wrong',
    'v=spf1 include:sendgrid.net ~all',
  ],
  ['no end', ['v=spf1 include:sendgrid.net'], 'wrong', 'v=spf1 include:sendgrid.net ~all'],
  ['too long', [`v=spf1 ${'a:x.example '.repeat(11)}include:sendgrid.net ~all`], 'wrong', null],
]
for (const [name, texts, state, value] of spf)
  test(`SPF: ${name}`, async () => {
    const found = await look({ ...good, 'shop.example': texts.map((text) => ['TXT', text]) })
    assert.equal(found['spf']?.state, state)
    assert.equal(found['spf']?.wanted?.value ?? null, value)
  })

test('SPF: a server of one’s own may be named by its address', async () => {
  const zone: Zone = {
    'shop.example': [['TXT', 'v=spf1 ip4:93.184.215.0/24 -all']],
    'mx.shop.example': [['A', '93.184.215.7']],
  }
  assert.equal((await look(zone, { host: 'mx.shop.example' }))['spf']?.state, 'found')
  const other = await look(
    { ...zone, 'mx.shop.example': [['A', '93.184.216.7']] },
    { host: 'mx.shop.example' },
  )
  assert.equal(other['spf']?.state, 'wrong')
})

test('SPF: where the public address is not known, no record is promised that is not there', async () => {
  const { spf } = await look({ 'shop.example': [] }, { host: '127.0.0.1' })
  assert.equal(spf?.wanted, null)
  assert.match(spf?.detail ?? '', /Add one that names the public address of 127\.0\.0\.1\.$/)
})

const keys: readonly [string, string, string][] = [
  ['revoked', 'v=DKIM1; p=', 'wrong'],
  ['unreadable', 'v=DKIM1; p=abc', 'wrong'],
  ['short', `v=DKIM1; p=${keyOf(768)}`, 'wrong'],
  ['only a test', `v=DKIM1; t=y; p=${key}`, 'found'],
]
for (const [name, text, state] of keys)
  test(`DKIM: a key that is ${name}`, async () => {
    const found = await look({ ...good, 's1._domainkey.shop.example': [['TXT', text]] })
    assert.equal(found['dkim']?.state, state)
  })

test('DKIM: whose key has no known name asks for it', async () => {
  const found = await look(good, { host: 'mx.shop.example', selector: undefined })
  assert.equal(found['dkim']?.state, 'unknown')
  assert.match(found['dkim']?.detail ?? '', /selector/)
})

test('DMARC: the record of the organisation counts, a broken one does not', async () => {
  const zone: Zone = { '_dmarc.shop.example': [['TXT', 'v=DMARC1; p=none']] }
  assert.equal((await look(zone, { domain: 'news.shop.example' }))['dmarc']?.state, 'found')
  const broken = await look({ '_dmarc.shop.example': [['TXT', 'v=DMARC1; p=maybe']] })
  assert.equal(broken['dmarc']?.state, 'wrong')
})

test('links: an address that only this machine knows is wrong, another’s is told what would be better', async () => {
  assert.equal((await look(good, {}, 'http://localhost:8000'))['links']?.state, 'wrong')
  const found = await look(
    { ...good, 'beckon.other.example': [['A', '203.0.113.9']] },
    {},
    'https://beckon.other.example',
  )
  assert.equal(found['links']?.state, 'found')
  assert.deepEqual(found['links']?.wanted, {
    ...{ type: 'CNAME', name: 'links.shop.example', value: 'beckon.other.example' },
  })
})

test('behind a name server that is silent nobody else is asked', async () => {
  const includes = Array.from({ length: 9 }, (_, n) => `include:i${n}.example`).join(' ')
  const asked: string[] = []
  const texts = async (name: string) => {
    asked.push(name)
    return name === sender.domain ? [`v=spf1 ${includes} ~all`] : null
  }
  const found = await checkSpf(sender, { texts, addresses: async () => [] })
  assert.deepEqual([found.state, asked], ['unknown', [sender.domain, 'i0.example']])
})
