import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import proxyAddr from '@fastify/proxy-addr'
import { clientAddress } from './clientAddress.ts'

function requestFrom(remote: string, forwarded: string | undefined): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: remote })
  const request = new IncomingMessage(socket)
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded
  return request
}

const proxies = [
  ['127.0.0.1'],
  ['10.0.0.0/8', '192.168.7.0/24'],
  ['128.0.0.0/1', '10.1.2.3'],
  ['loopback', '10.0.0.0/8'],
  ['fd00::/8', '127.0.0.1'],
  ['::ffff:10.0.0.0/104'],
  ['10.0.0.0/255.0.0.0'],
]
const remotes = ['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3', '192.168.7.9', '::1', 'fd00::1']
const forwards = [
  undefined,
  '203.0.113.9',
  '203.0.113.9, 10.255.0.1',
  '203.0.113.9, 192.168.7.1, 10.0.0.1',
  '2001:db8::1, 10.0.0.1',
  '255.255.255.255, 128.0.0.1',
]

test('addresses are the ones that the package finds, whatever the proxies are', () => {
  for (const trusted of proxies) {
    const addressOf = clientAddress(trusted)
    for (const remote of remotes) {
      for (const forwarded of forwards) {
        const request = requestFrom(remote, forwarded)
        const expected = proxyAddr(request, trusted)
        assert.equal(addressOf(request), expected, `${trusted} | ${remote} | ${forwarded}`)
      }
    }
  }
})

test('without trusted proxies nobody says who they are', () => {
  const request = requestFrom('198.51.100.4', '203.0.113.9')
  assert.equal(clientAddress([])(request), '198.51.100.4')
})
