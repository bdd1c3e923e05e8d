/** A draft is kept one save at a time, over what was seen, and what is refused is not lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Content, createKeeper, type Keeping, type Place } from './keeper.ts'

function desk({ id }: { id: string | undefined } = { id: 'j-1' }) {
  const saves: [id: string | undefined, text: string, seen: number][] = []
  const shown: Keeping['state'][] = []
  let revision = 0
  let answer: () => Promise<void> = async () => {}
  let dropped = 0
  const place: Place<string> = {
    async save(at, { document }, seen) {
      saves.push([at, document, seen])
      await answer()
      revision++
      return { id: at ?? 'made', revision }
    },
    async drop() {
      dropped++
    },
  }
  const of = (document: string): Content<string> => ({ document, basedOn: 1 })
  const keeper = createKeeper(
    {
      ...{ id, revision: 0, content: of('published') },
      isIdle: ({ document }) => document === 'published',
      show: ({ state }) => shown.push(state),
    },
    place,
  )
  return {
    ...{ keeper, saves, shown, of },
    dropped: () => dropped,
    whileSaving(work: () => Promise<void>) {
      answer = work
    },
  }
}

test('what is written while a save is under way is saved after it, over what came of it', async () => {
  const { keeper, saves, shown, of, whileSaving } = desk()
  whileSaving(async () => {
    if (saves.length === 1) keeper.want(of('two'))
  })
  keeper.want(of('one'))
  assert.deepEqual(await keeper.flush(), { id: 'j-1', revision: 2 })
  assert.deepEqual(saves, [
    ['j-1', 'one', 0],
    ['j-1', 'two', 1],
  ])
  assert.equal(shown.at(-1), 'kept')
})

test('a change that is taken back before it was saved leaves nothing to keep, and says so', async () => {
  const { keeper, saves, shown, of } = desk()
  keeper.want(of('one'))
  await keeper.flush()
  keeper.want(of('two'))
  keeper.want(of('one'))
  assert.deepEqual(shown.slice(-2), ['keeping', 'kept'])
  assert.equal(saves.length, 1)
})

test('a journey that there is not yet is begun once, and saved under its id from then on', async () => {
  const { keeper, saves, of } = desk({ id: undefined })
  keeper.want(of('one'))
  await keeper.flush()
  keeper.want(of('two'))
  await keeper.flush()
  assert.deepEqual(
    saves.map(([id]) => id),
    [undefined, 'made'],
  )
})

test('what is refused is told, and kept once what somebody else saved was seen', async () => {
  const { keeper, saves, shown, of, whileSaving } = desk()
  whileSaving(async () => {
    throw new Error('Version 4 was saved by Noa meanwhile.')
  })
  keeper.want(of('mine'))
  await assert.rejects(keeper.flush(), /Noa/)
  assert.equal(shown.at(-1), 'refused')
  whileSaving(async () => {})
  keeper.saw(4)
  await keeper.flush()
  assert.deepEqual(saves.at(-1), ['j-1', 'mine', 4])
})

test('after a refusal nothing counts as kept: what was kept before is saved again, over what was seen', async () => {
  const { keeper, saves, shown, of, whileSaving } = desk()
  keeper.want(of('one'))
  await keeper.flush()
  whileSaving(async () => {
    throw new Error('Version 4 was saved by Noa meanwhile.')
  })
  keeper.want(of('two'))
  await assert.rejects(keeper.flush(), /Noa/)
  whileSaving(async () => {})
  keeper.want(of('one'))
  keeper.saw(4)
  await keeper.flush()
  assert.deepEqual(saves.at(-1), ['j-1', 'one', 4])
  assert.equal(shown.at(-1), 'kept')
})

test('what somebody else kept and is taken is not saved again as mine', async () => {
  const { keeper, saves, shown, of, whileSaving } = desk()
  whileSaving(async () => {
    throw new Error('Version 4 was saved by Noa meanwhile.')
  })
  keeper.want(of('mine'))
  await assert.rejects(keeper.flush(), /Noa/)
  keeper.saw(4, of('theirs'))
  keeper.want(of('theirs'))
  assert.equal(shown.at(-1), 'kept')
  assert.deepEqual(await keeper.flush(), { id: 'j-1', revision: 4 })
  assert.equal(saves.length, 1)
})

test('a draft that says nothing new any more is dropped', async () => {
  const { keeper, of, dropped } = desk()
  keeper.want(of('mine'))
  await keeper.flush()
  keeper.want(of('published'))
  assert.equal(await keeper.flush(), undefined)
  assert.equal(dropped(), 1)
})
