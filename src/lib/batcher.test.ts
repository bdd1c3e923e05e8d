import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBatcher } from './batcher.ts'

type Options = Partial<Parameters<typeof createBatcher<number, number>>[0]>

/** A batcher whose batches end when they are told to. An item weighs what it is. */
function stage(options: Options = {}) {
  const begun: { items: readonly number[]; end: (error?: Error) => void }[] = []
  const batcher = createBatcher<number, number>({
    run: (items) =>
      new Promise((resolve, reject) => {
        begun.push({ items, end: (error) => (error ? reject(error) : resolve(items)) })
      }),
    maxWeight: 100,
    concurrency: 2,
    weigh: (item) => item,
    ...options,
  })
  /** Longer than a batch is gathered. */
  const settled = async () => {
    for (const until = performance.now() + 20; performance.now() < until; )
      await new Promise(setImmediate)
  }
  return { batcher, begun, settled }
}

test('what comes together travels together, and each gets its own answer', async () => {
  const { batcher, begun, settled } = stage()
  const answers = Promise.all([1, 2, 3].map((item) => batcher.add(item)))
  await settled()
  assert.deepEqual(
    begun.map(({ items }) => items),
    [[1, 2, 3]],
  )
  begun[0]?.end()
  assert.deepEqual(await answers, [1, 2, 3])
})

test('a second batch is begun beside the first once it is worth it', async () => {
  const { batcher, begun, settled } = stage({ alongside: 30 })
  const answers = [batcher.add(1)]
  await settled()
  answers.push(batcher.add(20))
  await settled()
  assert.equal(begun.length, 1, 'too little waits')
  answers.push(batcher.add(10))
  await settled()
  assert.deepEqual(begun[1]?.items, [20, 10])
  answers.push(batcher.add(99))
  await settled()
  assert.equal(begun.length, 2, 'no more than two at once')
  begun[0]?.end()
  await settled()
  assert.deepEqual(begun[2]?.items, [99])
  begun[1]?.end()
  begun[2]?.end()
  assert.deepEqual(await Promise.all(answers), [1, 20, 10, 99])
})

test('what is too little to go beside another goes after it', async () => {
  const { batcher, begun, settled } = stage({ alongside: 30 })
  const first = batcher.add(5)
  await settled()
  const second = batcher.add(6)
  begun[0]?.end()
  await settled()
  assert.deepEqual(begun[1]?.items, [6])
  begun[1]?.end()
  assert.deepEqual(await Promise.all([first, second]), [5, 6])
  await batcher.drain()
})

test('an item that is heavier than a batch may be goes alone', async () => {
  const { batcher, begun, settled } = stage()
  const answers = [60, 300, 40].map((item) => batcher.add(item))
  await settled()
  assert.deepEqual(
    begun.map(({ items }) => items),
    [[60], [300]],
  )
  for (const { end } of begun) end()
  await settled()
  begun[2]?.end()
  assert.deepEqual(await Promise.all(answers), [60, 300, 40])
})

test('a batch that fails refuses its own items, and those after it go on', async () => {
  const { batcher, begun, settled } = stage({ concurrency: 1 })
  const first = batcher.add(1)
  await settled()
  const second = batcher.add(2)
  begun[0]?.end(new Error('away'))
  await assert.rejects(first, /away/)
  await settled()
  begun[1]?.end()
  assert.equal(await second, 2)
})
