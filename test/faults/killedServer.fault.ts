/** The crash test, whole: 20,000 messages, ten kills. test/crash.test.ts is its short form. */
import { test } from 'node:test'
import { playCrash } from '../helpers/crash.ts'
import { chance, seedOf } from '../helpers/random.ts'

test('CRASH', async (t) => {
  const report = await playCrash({ messages: 20_000, kills: 10, chance: chance(seedOf()) })
  const { accepted, arrived, unknown, unknownArrived, killedAt } = report
  t.diagnostic(
    `${accepted} messages, ${killedAt.length} kills at ${killedAt.join(', ')}: ${arrived} arrived, 0 twice, ` +
      `0 lost unsaid, ${unknown} unknown (${unknownArrived} of them arrived); ` +
      `ready again within ${Math.round(report.slowestStartMs)} ms`,
  )
})
