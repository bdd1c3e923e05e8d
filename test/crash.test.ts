/** The short form of the crash test; `npm run faults` plays it with 20,000 messages and ten kills. */
import { test } from 'node:test'
import { playCrash } from './helpers/crash.ts'
import { chance, seedOf } from './helpers/random.ts'

test('killed twice in the middle of 2,000 messages, none arrives twice, and none is lost unsaid', async (t) => {
  const seed = seedOf()
  t.diagnostic(`seed ${seed}; repeat it with BECKON_SEED=${seed}`)
  const report = await playCrash({ messages: 2_000, kills: 2, chance: chance(seed) })
  t.diagnostic(JSON.stringify(report))
})
