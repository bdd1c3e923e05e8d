/** Pixels and links, over real HTTP and a real database. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { hitsWaiting, trackingServer, trackingWorld } from '../../../test/helpers/trackingWorld.ts'
import { HONEYPOT_LINK } from '../../lib/token.ts'
import { PIXEL } from './pixel.ts'

const base = await testDatabase()
const world = await trackingWorld(base)
const { fetch, projector, counters } = await trackingServer(base, world)

const PERSON = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0' }

const hitsOf = (messageId: string) => hitsWaiting(base, messageId)

test('a pixel is stored before it is answered', async () => {
  const id = await world.addMessage()
  const answer = await fetch('GET', `/api/track/open/${world.sign('open', id)}.png`, {
    headers: PERSON,
  })
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.body, PIXEL)
  assert.equal(answer.headers['content-type'], 'image/png')
  assert.match(String(answer.headers['cache-control']), /no-store/)
  assert.equal(answer.headers['set-cookie'], undefined)
  assert.equal(answer.headers['etag'], undefined)
  const [hit] = await hitsOf(id)
  assert.deepEqual(
    { kind: hit?.kind, method: hit?.method, userAgent: hit?.userAgent, ip: hit?.ip },
    { kind: 'open', method: 'GET', userAgent: PERSON['user-agent'], ip: '127.0.0.1' },
  )
})

test('a pixel with a token that is not ours has the same answer and leaves nothing', async () => {
  const id = await world.addMessage()
  const good = world.sign('open', id)
  const bad = [
    `${good.slice(0, 20)}${good[20] === 'A' ? 'B' : 'A'}${good.slice(21)}`,
    world.sign('click', id),
    world.sign('unsubscribe', id),
    'x',
    '',
    'a'.repeat(400),
  ]
  for (const token of bad) {
    const answer = await fetch('GET', `/api/track/open/${token}.png`)
    assert.equal(answer.status, 200, token)
    assert.deepEqual(answer.body, PIXEL)
  }
  assert.equal((await hitsOf(id)).length, 0)
  assert.equal(counters.forgedTokens, bad.length)
})

test('HEAD of a pixel is answered and counts nothing', async () => {
  const id = await world.addMessage()
  const answer = await fetch('HEAD', `/api/track/open/${world.sign('open', id)}.png`)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['content-length'], String(PIXEL.length))
  assert.equal((await hitsOf(id)).length, 0)
})

test('a link leads to the destination that was kept, and its click is stored', async () => {
  const id = await world.addMessage({
    links: ['https://shop.example/a', 'https://shop.example/b?x=1#y'],
  })
  const answer = await fetch('GET', `/api/track/click/${world.sign('click', id, 1)}`, {
    headers: PERSON,
  })
  assert.equal(answer.status, 302)
  assert.equal(answer.headers['location'], 'https://shop.example/b?x=1#y')
  assert.equal(answer.headers['cache-control'], 'no-store')
  assert.equal(answer.headers['referrer-policy'], 'no-referrer-when-downgrade')
  assert.equal(answer.headers['x-robots-tag'], 'noindex')
  assert.equal((await hitsOf(id)).length, 1)
})

test('the hidden link leads to a page that has nothing, and is stored like a click', async () => {
  const id = await world.addMessage({ links: ['https://shop.example/a'] })
  const path = `/api/track/click/${world.sign('click', id, HONEYPOT_LINK)}`
  const answer = await fetch('GET', path, { headers: PERSON })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['location'], undefined)
  assert.match(answer.text, /<h1[^>]*>There is nothing to see here</)
  assert.equal((await hitsOf(id))[0]?.kind, 'click')
})

test('no token leads anywhere but where its own message said', async () => {
  const other = await trackingWorld(base)
  const id = await world.addMessage({
    links: ['javascript:alert(1)', 'https://ok.example/', 'data:text/html,x'],
  })
  const good = world.sign('click', id, 1)
  const bad = [
    world.sign('open', id),
    world.sign('click', id, 0), // not a web page
    world.sign('click', id, 2),
    world.sign('click', id, 9), // no such link
    other.sign('click', id, 1), // another workspace's
    `${good}A`,
    `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
    '//evil.example',
    '%5Cevil.example',
    'javascript:alert(1)',
    encodeURIComponent('https://evil.example'),
  ]
  for (const token of bad) {
    const answer = await fetch('GET', `/api/track/click/${token}`, { headers: PERSON })
    assert.equal(answer.status, 404, token)
    assert.equal(answer.headers['location'], undefined)
    assert.doesNotMatch(answer.text, /evil|alert/)
  }
  assert.equal((await fetch('GET', `/api/track/click/${good}`)).status, 302)
})

test('the client behind a proxy is believed only from trusted proxies', async () => {
  const behind = await trackingServer(base, world, { trustProxy: ['127.0.0.1'] })
  const forwarded = { ...PERSON, 'x-forwarded-for': '198.51.100.7, 203.0.113.9' }
  const [direct, proxied] = [await world.addMessage(), await world.addMessage()]
  await fetch('GET', `/api/track/open/${world.sign('open', direct)}.png`, { headers: forwarded })
  await behind.fetch('GET', `/api/track/open/${world.sign('open', proxied)}.png`, {
    headers: forwarded,
  })
  assert.equal((await hitsOf(direct))[0]?.ip, '127.0.0.1')
  assert.equal((await hitsOf(proxied))[0]?.ip, '203.0.113.9')
})

test('five hundred pixels at once share commits and none is lost', async () => {
  const id = await world.addMessage()
  const path = `/api/track/open/${world.sign('open', id)}.png`
  await Promise.all(Array.from({ length: 500 }, () => fetch('GET', path, { headers: PERSON })))
  assert.equal((await hitsOf(id)).length, 500)
  await projector.runOnce()
  const [sum] = await base.db.engine`select opens from message_engagement where message_id = ${id}`
  assert.equal(sum?.['opens'], 500)
})

test('many guessed links of one network are told to wait, and a good one is followed all the while', async () => {
  const id = await world.addMessage({ links: ['https://shop.example/'] })
  const good = world.sign('click', id)
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  const behindProxy = await trackingServer(base, world, { trustProxy: ['127.0.0.1'] })
  const guess = (n: number) =>
    behindProxy.fetch(
      'GET',
      `/api/track/click/${good.slice(0, 30)}${String(n).padStart(24, 'x')}`,
      {
        headers,
      },
    )
  const answers = []
  for (let n = 0; n < 65; n++) answers.push(await guess(n))
  assert.deepEqual([answers[0]?.status, answers[59]?.status, answers[64]?.status], [404, 404, 429])
  assert.ok(Number(answers[64]?.headers['retry-after']) > 0)
  const clicked = await behindProxy.fetch('GET', `/api/track/click/${good}`, { headers })
  assert.equal(clicked.status, 302)
  const pixel = await behindProxy.fetch('GET', '/api/track/open/x.png', { headers })
  assert.equal(pixel.status, 200)
  const neighbour = { headers: { 'x-forwarded-for': '198.51.100.7' } }
  assert.equal((await behindProxy.fetch('GET', '/api/track/click/x', neighbour)).status, 404)
})
