/**
 * Does the time that a wrong secret takes tell how much of it was right? For each way in, two
 * wrong secrets, one wrong at its beginning and one at its end, are tried in turns and compared
 * by Welch's t-test, the slowest twentieth left out (Reparaz et al., "Dude, is my code constant
 * time?"). A comparison that does leak stands beside them, so that a deaf test is noticed.
 */
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { isGenuine } from '../../src/channels/whatsapp/metaWebhooks.ts'
import { settings as closeSettings } from '../../src/connectors/close/api.ts'
import { verify as verifyClose } from '../../src/connectors/close/webhooks.ts'
import type { RawRequest } from '../../src/lib/http.ts'
import { parseApiKey } from '../../src/lib/ids.ts'
import { createTokens } from '../../src/lib/token.ts'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { createKeyAuthenticator } from '../../src/workspaces/keys/authenticateKey.ts'
import { accessServer } from '../helpers/accessServer.ts'
import { testDatabase } from '../helpers/database.ts'
import { chance, seedOf } from '../helpers/random.ts'

const SAMPLES = 100_000 // of both kinds together
const LIMIT = 4.5 // of |t|
const ROUNDS = 3 // a machine that is busy may fool one; a leak shows in every one
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const KEPT = 0.95
const WARM_UP = 5_000

const database = await testDatabase()
const { addKey } = await accessServer(database)

type Pair<T> = readonly [T, T]
type Attempt = (wrong: 0 | 1) => unknown

/** The same text with another character at its beginning or end; alphabet of hex, base62 and base64url. */
const spoil = (text: string, at: number) =>
  text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1)

test('S19', async (t) => {
  const random = chance(seedOf())
  const results: string[] = []
  for (const [name, attempt] of Object.entries(await waysIn())) {
    const values: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      values.push(await welch(attempt, random.next))
      if (Math.abs(values.at(-1) ?? 0) < LIMIT) break
    }
    const least = Math.min(...values.map(Math.abs))
    results.push(`${name} ${least.toFixed(1)}`)
    assert.ok(
      least < LIMIT,
      `${name} leaks: |t| = ${values.map((each) => each.toFixed(1)).join(', ')}`,
    )
  }
  const leak = Math.abs(await welch(leaky(), random.next))
  assert.ok(leak > LIMIT, `the test is deaf: a comparison that leaks has |t| = ${leak}`)
  t.diagnostic(
    `|t| of ${SAMPLES} attempts, limit ${LIMIT}: ${results.join(', ')}; a comparison that leaks ${leak.toFixed(0)}`,
  )
})

async function waysIn(): Promise<Record<string, Attempt>> {
  const { db } = database
  const keys = createKeyAuthenticator(db)
  const { key } = await addKey()
  const known = await keys.find(key)
  assert.ok(known)
  const secretAt = key.lastIndexOf('_') + 1
  const wrongKeys: Pair<string> = [
    withChecksum(spoil(key, secretAt)),
    withChecksum(spoil(key, secretAt + 42)),
  ]
  for (const wrong of wrongKeys) assert.ok(parseApiKey(wrong))
  const tokens = createTokens({ keys: new Map([[1, randomBytes(32)]]), current: 1 })
  const link = tokens.sign('click', { workspaceNumber: 7, messageId: uuid7(), linkIndex: 0 })
  // Bytes 24 to 39 are the mac: characters 32 to 53, the last of which has two bits to spare.
  const links: Pair<string> = [spoil(link, 33), spoil(link, 52)]

  const timestamp = Math.floor(Date.now() / 1000)
  const app_secret = randomBytes(16).toString('hex')
  const mac = createHmac('sha256', app_secret).update('{}').digest('hex')
  const meta = pair(0, 63, (at) => callback({ 'x-hub-signature-256': `sha256=${spoil(mac, at)}` }))

  const closeKey = randomBytes(32).toString('hex')
  const hash = createHmac('sha256', Buffer.from(closeKey, 'hex'))
    .update(`${timestamp}{}`)
    .digest('hex')
  const close = pair(0, 63, (at) =>
    callback({ 'close-sig-hash': spoil(hash, at), 'close-sig-timestamp': `${timestamp}` }),
  )
  const settings = closeSettings.parse({ api_key: 'api_x', webhook_signature_key: closeKey })
  const now = new Date()

  return {
    'API keys': (wrong) => keys.find(wrongKeys[wrong]),
    'tracking links': (wrong) => tokens.verify('click', links[wrong]),
    'Meta’s callbacks': (wrong) => isGenuine(meta[wrong], { app_secret, phone_number_id: '1' }),
    'Close’s callbacks': (wrong) =>
      verifyClose(close[wrong], { settings, subscriptionKey: null, now }),
  }
}

/** The key with the checksum that belongs to it: without, nobody looks at the secret. */
function withChecksum(key: string): string {
  const body = key.slice(0, -6)
  let rest = BigInt(crc32(body))
  let sum = ''
  for (let at = 0; at < 6; at++, rest /= 62n) sum = BASE62[Number(rest % 62n)] + sum
  return body + sum
}

const pair = <T>(early: number, late: number, make: (at: number) => T): Pair<T> => [
  make(early),
  make(late),
]

function callback(headers: Record<string, string>): RawRequest {
  return { method: 'POST', url: 'https://beckon.test/webhook', headers, rawBody: '{}' }
}

/** As programs compare that leak: byte by byte, until one differs. */
function leaky(): Attempt {
  const right = randomBytes(2_048)
  const [early, late] = [Buffer.from(right), Buffer.from(right)]
  early[0] = right[0]! ^ 1
  late[2_047] = right[2_047]! ^ 1
  return (wrong) => {
    const given = wrong === 0 ? early : late
    for (let at = 0; at < right.length; at++) if (given[at] !== right[at]) return at
    return right.length
  }
}

async function welch(attempt: Attempt, next: () => number): Promise<number> {
  const times: [number[], number[]] = [[], []]
  for (let n = 0; n < WARM_UP; n++) await attempt(next() < 0.5 ? 0 : 1)
  for (let n = 0; n < SAMPLES; n++) {
    const wrong = next() < 0.5 ? 0 : 1
    const begun = process.hrtime.bigint()
    const answer = attempt(wrong)
    if (answer instanceof Promise) await answer
    times[wrong].push(Number(process.hrtime.bigint() - begun))
  }
  const limit = quantile([...times[0], ...times[1]], KEPT)
  const [a, b] = times.map((all) => moments(all.filter((ms) => ms <= limit)))
  assert.ok(a && b)
  return (a.mean - b.mean) / Math.sqrt(a.variance / a.n + b.variance / b.n)
}

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? 0
}

function moments(values: readonly number[]) {
  const n = values.length
  const mean = values.reduce((sum, each) => sum + each, 0) / n
  return { n, mean, variance: values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1) }
}
