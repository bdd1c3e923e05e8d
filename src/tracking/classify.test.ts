import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CLASSIFIER_VERSION, classify } from './classify.ts'
import type { Context, Hit } from './hits.ts'
import { ipPrefix, networkFacts } from './networks.ts'

interface Sequence {
  name: string
  honeypot?: number
  links?: number
  company?: boolean
  delivered?: number | null
  neighbours?: [message: string, seconds: number, address: string][]
  /** "open|click:link seconds agent address [method [purpose]]" */
  hits: string[]
  /** "class reason" of each hit. */
  expect: string[]
  /** What each hit really was, where no rule can know. */
  truth?: string[]
}

interface Fixtures {
  agents: Record<string, string | null>
  addresses: Record<string, { ip: string | null; asn?: number; hostName?: string }>
  sequences: Sequence[]
}

const path = new URL('./fixtures/sequences.json', import.meta.url)
const { agents, addresses, sequences }: Fixtures = JSON.parse(readFileSync(path, 'utf8'))

const SENT = Date.UTC(2026, 10, 2, 9)
const at = (seconds: number) => new Date(SENT + Math.round(seconds * 1000))

function hitOf(text: string, id: string): Hit {
  const [what = '', seconds, agent = '', address = '', method = 'GET', purpose = null] =
    text.split(' ')
  const [kind, link] = what.split(':')
  assert.ok(agent in agents && address in addresses, text)
  return {
    id,
    kind: kind === 'open' ? 'open' : 'click',
    at: at(Number(seconds)),
    linkIndex: link === undefined ? null : Number(link),
    ip: addresses[address]!.ip,
    userAgent: agents[agent]!,
    method,
    purpose,
  }
}

function contextOf(sequence: Sequence): Context {
  const { delivered = 0, links = 8, company = true, neighbours = [] } = sequence
  return {
    sentAt: at(0),
    deliveredAt: delivered === null ? null : at(delivered),
    linkCount: links,
    honeypotLink: sequence.honeypot ?? null,
    companyDomain: company,
    neighbours: neighbours.map(([messageId, seconds, address]) => ({
      messageId,
      at: at(seconds),
      prefix: ipPrefix(addresses[address]!.ip!),
    })),
    network: (ip) =>
      networkFacts(
        ip,
        Object.values(addresses).find((each) => each.ip === ip),
      ),
  }
}

function run(sequence: Sequence) {
  const hits = sequence.hits.map((text, i) => hitOf(text, `hit-${i}`))
  return classify(hits, contextOf(sequence))
}

for (const sequence of sequences) {
  test(sequence.name, () => {
    const results = run(sequence)
    assert.deepEqual(
      results.map((each) => `${each.class} ${each.reason}`),
      sequence.expect,
    )
    assert.deepEqual(
      results.map((each) => each.id),
      sequence.hits.map((_, i) => `hit-${i}`),
    )
    assert.ok(results.every((each) => each.version === CLASSIFIER_VERSION))
  })
}

test('the order in which hits are given does not matter', () => {
  for (const sequence of sequences) {
    const hits = sequence.hits.map((text, i) => hitOf(text, `hit-${i}`))
    const backwards = classify(hits.toReversed(), contextOf(sequence)).toReversed()
    assert.deepEqual(backwards, run(sequence), sequence.name)
  }
})

test('the labelled sequences: precision and recall of "machine"', (t) => {
  const judged = sequences.flatMap((sequence) => {
    const labels = sequence.truth ?? sequence.expect.map((each) => each.split(' ')[0]!)
    return run(sequence).map((each, i) => ({
      found: each.class === 'machine',
      real: labels[i] === 'machine',
    }))
  })
  const both = judged.filter((each) => each.found && each.real).length
  const precision = both / judged.filter((each) => each.found).length
  const recall = both / judged.filter((each) => each.real).length
  const figures = `precision ${(100 * precision).toFixed(1)} %, recall ${(100 * recall).toFixed(1)} %`
  t.diagnostic(`${sequences.length} sequences, ${judged.length} hits: ${figures}`)
  assert.ok(sequences.length >= 60)
  assert.ok(precision >= 0.97 && recall >= 0.97, figures)
})

test('thresholds are settings', () => {
  const hits = [hitOf('click:1 100 chrome home', 'a'), hitOf('click:2 103 chrome home', 'b')]
  const context = contextOf({ name: '', hits: [], expect: [] })
  const strict = classify(hits, { ...context, limits: { burstSeconds: 2 } })
  assert.deepEqual(
    strict.map((each) => each.class),
    ['human', 'human'],
  )
})

test('ten thousand hits on one message are classified without growing by their square', () => {
  const hits = Array.from({ length: 10_000 }, (_, i) =>
    hitOf(`click:${i % 3} ${i / 10} chrome home`, `${i}`),
  )
  const results = classify(hits, contextOf({ name: '', hits: [], expect: [] }))
  assert.ok(results.every((each) => each.class === 'machine'))
})
