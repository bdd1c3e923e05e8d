import assert from 'node:assert/strict'
import type { LookupFunction } from 'node:net'
import { after, before, test } from 'node:test'
import { type FaultServer, startFaultServer } from '../../test/fakes/startFaultServer.ts'
import { AppError, Misconfigured } from '../errors.ts'
import { createHttp } from './http.ts'
import { assertPublicUrl, isBlockedAddress } from './ssrf.ts'

let server: FaultServer
before(async () => {
  server = await startFaultServer()
})
after(() => server.close())

/** Every one of these has been somebody's way past a filter. */
const hostile = [
  'http://example.com/', // not https
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'https://user:secret@example.com/',
  'https://user@example.com/',
  'https://example.com:22/',
  'https://example.com:6379/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/', // decimal
  'https://0x7f000001/', // hexadecimal
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/', // octal
  'https://017700000001/',
  'https://127。0。0。1/', // ideographic full stops
  'https://127.0.0.1/', // full-width digits
  'https://①②⑦.⓪.⓪.①/',
  'https://127.0.0.1./',
  'https://%31%32%37.0.0.1/',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://100.64.0.1/', // carriers
  'https://100.100.100.200/', // a cloud's metadata
  'https://168.63.129.16/', // another cloud's
  'https://169.254.169.254/latest/meta-data/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://192.88.99.1/',
  'https://192.168.1.1/',
  'https://198.18.0.1/',
  'https://198.19.255.255/',
  'https://198.51.100.1/',
  'https://203.0.113.1/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[::]/',
  'https://[::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/', // mapped
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:8.8.8.8]/',
  'https://[::127.0.0.1]/', // compatible
  'https://[64:ff9b::7f00:1]/', // NAT64
  'https://[64:ff9b:1::7f00:1]/',
  'https://[100::1]/',
  'https://[2001::7f00:1]/', // Teredo
  'https://[2001:2::1]/',
  'https://[2001:10::1]/',
  'https://[2001:db8::1]/',
  'https://[2002:7f00:1::]/', // 6to4
  'https://[3fff::1]/',
  'https://[5f00::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://api.localhost/',
  'https://metadata.google.internal/',
  'https://printer.local/',
  'https://redis/',
  'not a url',
  '//example.com/',
]

test('no URL that leads inside is accepted, however it is written', async () => {
  const http = createHttp({ guard: true })
  for (const url of hostile) {
    assert.throws(() => assertPublicUrl(url), AppError, url)
    await assert.rejects(http.send({ method: 'GET', url }), Misconfigured, url)
  }
  await http.close()
})

test('plain http loosens the scheme and nothing else', () => {
  for (const url of hostile.slice(1)) {
    const plain = url.replace('https:', 'http:')
    assert.throws(() => assertPublicUrl(plain, { allowHttp: true }), AppError, plain)
  }
  assertPublicUrl('http://example.com/', { allowHttp: true })
})

test('public URLs pass', () => {
  assertPublicUrl('https://example.com/hook?x=1')
  assertPublicUrl('https://example.com:443/')
  assertPublicUrl('https://example.com:80/')
  assertPublicUrl('https://8.8.8.8/')
  assertPublicUrl('https://[2606:4700:4700::1111]/')
  assertPublicUrl('https://example.com:8443/', { allowPorts: [8443] })
  assertPublicUrl('http://10.1.2.3:9000/x', { trustedOrigins: ['http://10.1.2.3:9000'] })
})

test('the error names the field', () => {
  assert.throws(
    () => assertPublicUrl('https://10.0.0.1/', {}, '/settings/url'),
    (error) => error instanceof AppError && error.errors?.[0]?.pointer === '/settings/url',
  )
})

test('neighbours of blocked ranges are public', () => {
  const neighbours = [
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
  ]
  neighbours.push('128.0.0.0', '169.253.255.255', '172.15.255.255', '172.32.0.0', '192.0.1.0')
  neighbours.push(
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
  )
  neighbours.push('2001:200::1', '2003::1', '2a00:1450::1', '3ffe::1')
  for (const address of neighbours) assert.equal(isBlockedAddress(address), false, address)
  assert.equal(isBlockedAddress('example.com'), true)
})

/** A resolver that always gives these answers. */
function resolver(...answers: string[]): LookupFunction {
  return (_name, options, callback) => {
    const addresses = answers.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }))
    const [first] = addresses
    if (options.all) callback(null, addresses)
    else callback(null, first?.address ?? '', first?.family ?? 4)
  }
}

async function reached(lookup: LookupFunction) {
  const url = new URL(await server.define('inside', { do: 'reply', status: 200 }))
  url.hostname = 'rebinding.example.com'
  const allowPorts = [Number(url.port)]
  const http = createHttp({
    guard: true,
    allowHttp: true,
    allowPorts,
    lookup,
    connectTimeoutSeconds: 1,
  })
  await assert.rejects(http.send({ method: 'GET', url: url.href }), Misconfigured)
  await http.close()
  return (await server.received('inside')).length
}

test('a name that resolves to this machine is refused when the socket connects', async () => {
  assert.equal(await reached(resolver('127.0.0.1')), 0)
  assert.equal(await reached(resolver('::1')), 0)
})

test('one private address among public ones is enough to refuse', async () => {
  assert.equal(await reached(resolver('8.8.8.8', '127.0.0.1')), 0)
})

test('a name that turns private after it was checked reaches nothing', async () => {
  const url = new URL(await server.define('rebound', { do: 'reply', status: 200 }))
  url.hostname = 'rebinding.example.com'
  // Public when it is looked at first, and this machine when the socket is opened.
  const lookup: LookupFunction = (_name, _options, callback) => {
    let looked = 0
    const address = () => (looked++ === 0 ? '8.8.8.8' : '127.0.0.1')
    callback(null, [Object.defineProperty({ address: '', family: 4 }, 'address', { get: address })])
  }
  const allowPorts = [Number(url.port)]
  const http = createHttp({ guard: true, allowHttp: true, allowPorts, lookup })
  const sends = Array.from({ length: 1_000 }, () => http.send({ method: 'GET', url: url.href }))
  const outcomes = await Promise.allSettled(sends)
  await http.close()
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 0)
  assert.equal((await server.received('rebound')).length, 0)
})

test('trusted origins are reached under guard', async () => {
  const url = await server.define('trusted', { do: 'reply', status: 204 })
  const http = createHttp({ guard: true, trustedOrigins: [new URL(url).origin] })
  assert.equal((await http.send({ method: 'GET', url })).status, 204)
  await http.close()
})

test('a redirect to the inside is not followed', async () => {
  const inside = await server.define('target', { do: 'reply', status: 200 })
  const url = await server.define('redirect', {
    do: 'reply',
    status: 302,
    headers: { location: inside },
  })
  const http = createHttp({ guard: true, trustedOrigins: [new URL(url).origin] })
  assert.equal((await http.send({ method: 'GET', url })).status, 302)
  assert.equal((await server.received('target')).length, 0)
  await http.close()
})
