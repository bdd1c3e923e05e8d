import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createSlowly } from './slowly.ts'

test('What is slow is done one at a time with pauses; what is quick goes on at once', async () => {
  let now = 0
  const pauses: { ms: number; over(): void }[] = []
  const slowly = createSlowly({
    now: () => now,
    sleep: (ms) => new Promise<void>((over) => pauses.push({ ms, over })),
  })
  const done: string[] = []
  const work = (key: string, ms: number) =>
    slowly(
      () => key,
      () => {
        now += ms
        done.push(key)
        return key
      },
    )
  assert.equal(work('slow', 200), 'slow') // nobody knew
  const all = [work('slow', 200), work('slow', 100)]
  assert.equal(work('quick', 1), 'quick')
  await turn()
  assert.deepEqual(done, ['slow', 'quick', 'slow'])
  assert.equal(pauses[0]?.ms, 200)
  pauses[0]?.over()
  assert.deepEqual(await Promise.all(all), ['slow', 'slow'])

  // Once quick, those behind it do not pause either.
  pauses[1]?.over()
  await Promise.all([work('slow', 1), work('slow', 1), work('slow', 1)])
  assert.equal(pauses.length, 2)
})

test('A piece that fails says so, and the next has its turn', async () => {
  let now = 0
  const slowly = createSlowly({ now: () => now, sleep: async () => {} })
  const fail = () =>
    slowly(
      () => 'bad',
      () => {
        now += 50
        throw new Error('too long')
      },
    )
  assert.throws(fail, /too long/)
  await assert.rejects(async () => fail(), /too long/)
  await assert.rejects(async () => fail(), /too long/)
})
