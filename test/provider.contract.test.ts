/**
 * What every provider must do with every answer a vendor can give, good or bad.
 *
 * A provider that is registered without a harness (providerHarnesses.ts) fails here.
 * The fake vendor is a real server in a process of its own (fakes/).
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findProvider, providers } from '../src/channels/registry.ts'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../src/errors.ts'
import { type ClosableHttp, createHttp } from '../src/lib/http.ts'
import { type FaultServer, startFaultServer } from './fakes/startFaultServer.ts'
import { type Harness, harnesses, keyOf, messageFor } from './providerHarnesses.ts'

let server: FaultServer
let http: ClosableHttp
let hasty: ClosableHttp
before(async () => {
  server = await startFaultServer()
  http = createHttp({ guard: false })
  hasty = createHttp({ guard: false, timeoutSeconds: 0.3 })
})
after(async () => {
  await Promise.all([http.close(), hasty.close()])
  await server.close()
})

test('every provider has a harness, and every harness a provider', () => {
  assert.deepEqual(
    [...new Set(harnesses.map(({ key }) => key))].sort(),
    providers.map(keyOf).sort(),
  )
})

const families = [Retryable, Unanswered, Rejected, Misconfigured]

/** 'accepted', or the family of what was thrown; a bug when it is none of the four. */
async function outcome(
  call: () => Promise<unknown>,
): Promise<{ family: string; error: Error | undefined }> {
  try {
    await call()
    return { family: 'accepted', error: undefined }
  } catch (error) {
    if (error instanceof Error && families.some((family) => error instanceof family)) {
      return { family: error.name, error }
    }
    throw new Error('thrown, and of none of the four families', { cause: error })
  }
}

/** The provider, its context and what ends it, pointed at a vendor that behaves as the case says. */
async function arrange(harness: Harness, name: string) {
  const provider = providers.find((one) => keyOf(one) === harness.key)
  assert.ok(provider, `${harness.key} is registered`)
  const settings = provider.settings.parse(await harness.arrange(name, server))
  const connection = provider.open?.(settings)
  const context = {
    settings,
    connection,
    http: name === 'hanging socket' ? hasty : http,
    callbackUrl: 'http://127.0.0.1/callback',
  }
  const close = async () => {
    await provider.close?.(connection)
    await harness.release?.()
  }
  return { provider, context, close }
}

for (const harness of harnesses) {
  for (const name of harness.cases) {
    test(`${harness.name}: ${name}`, async () => {
      const { provider, context, close } = await arrange(harness, name)
      const message = messageFor(provider.channel)

      const sent = await outcome(() => provider.send(message, context))
      assert.equal(sent.family, harness.expected(name), String(sent.error))
      if (name === '429 with seconds') assert.equal(afterOf(sent.error), 7)
      if (name === '429 with a date') assert.ok(inRange(afterOf(sent.error), 3_000, 3_600))
      for (const secret of harness.secrets) assert.ok(!sent.error?.message.includes(secret), secret)

      const checked = await outcome(() => provider.check(context))
      assert.match(checked.family, /^(accepted|Retryable|Misconfigured)$/, String(checked.error))
      if (provider.update) await outcome(() => provider.update!('77', message, context))
      await close()
    })
  }

  test(`${harness.name}: what it answers fits a timeline`, async () => {
    const { provider, context, close } = await arrange(harness, 'success')
    const accepted = await provider.send(messageFor(provider.channel), context)
    assert.ok(accepted.reply.length > 0 && Buffer.byteLength(accepted.reply) <= 1_024)
    await close()
  })

  const [provider] = providers.filter((one) => keyOf(one) === harness.key)
  if (!provider || provider.delivery.idempotency === 'none') continue
  test(`${harness.name}: a repeated message carries the key that is declared`, async () => {
    const { provider, context, close } = await arrange(harness, 'success')
    assert.ok(harness.idempotencyKey, 'the harness says where the key is')
    const message = messageFor(provider.channel)
    await provider.send(message, context)
    await provider.send(message, context)
    const keys = (await server.received(harness.name)).map(harness.idempotencyKey)
    assert.equal(keys.length, 2)
    assert.ok(keys[0])
    assert.equal(keys[0], keys[1])
    await close()
  })
}

for (const provider of providers) {
  const { callbacks } = provider
  if (!callbacks) continue
  test(`${keyOf(provider)}: an unsigned callback is refused`, async () => {
    const harness = harnesses.find(({ key }) => key === keyOf(provider))
    const settings = provider.settings.parse(await harness?.arrange('success', server))
    for (const rawBody of ['', '{}', '[]', 'nonsense', 'a=b']) {
      const request = { method: 'POST', url: 'http://127.0.0.1/callback', headers: {}, rawBody }
      assert.equal(callbacks.verify(request, settings), false)
      assert.ok(readsOrSaysWhyNot(() => callbacks.parse(request, settings)))
    }
  })
}

/** What cannot be read is kept with the reason that was thrown. */
function readsOrSaysWhyNot(parse: () => unknown): boolean {
  try {
    return Array.isArray(parse())
  } catch (error) {
    return error instanceof Error && error.message !== ''
  }
}

test('providers are found by channel and id', () => {
  for (const provider of providers)
    assert.equal(findProvider(provider.channel, provider.id), provider)
  assert.equal(new Set(providers.map(keyOf)).size, providers.length)
  assert.equal(findProvider('email', 'nobody'), undefined)
})

function afterOf(error: Error | undefined) {
  return error instanceof Retryable ? error.after : undefined
}

function inRange(value: number | undefined, low: number, high: number) {
  return value !== undefined && value > low && value <= high
}
