import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuid7, uuid7Time, uuidBytes, uuidFromBytes } from './uuid7.ts'

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('an id has the form of RFC 9562 version 7 and carries its time', () => {
  const before = Date.now()
  const id = uuid7()
  assert.match(id, FORM)
  assert.ok(uuid7Time(id).getTime() >= before)
  assert.equal(uuid7Time(uuid7(1645557742000)).getTime(), 1645557742000) // RFC 9562 appendix A.6
  assert.match(uuid7(1645557742000), /^017f22e2-79b0-7/)
})

test('ids of one process are strictly increasing and unique', () => {
  const ids = Array.from({ length: 200_000 }, () => uuid7())
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.every((id, i) => i === 0 || id > ids[i - 1]!))
  assert.ok(ids.every((id) => FORM.test(id)))
})

test('ids for one given time are increasing and keep that time', () => {
  const at = 1_800_000_000_000
  const ids = Array.from({ length: 50_000 }, () => uuid7(at))
  assert.ok(ids.every((id, i) => i === 0 || id > ids[i - 1]!))
  assert.ok(ids.every((id) => uuid7Time(id).getTime() === at))
})

test('a given time in the past does not hold back the running clock', () => {
  const past = uuid7(1_000_000_000_000)
  const future = uuid7(4_000_000_000_000)
  const now = uuid7()
  assert.equal(uuid7Time(past).getTime(), 1_000_000_000_000)
  assert.equal(uuid7Time(future).getTime(), 4_000_000_000_000)
  assert.ok(uuid7Time(now).getTime() <= Date.now() + 1)
})

test('text and bytes are two forms of the same id', () => {
  for (let i = 0; i < 1000; i++) {
    const id = uuid7()
    assert.equal(uuidFromBytes(uuidBytes(id)), id)
    assert.equal(uuidBytes(id).toString('hex'), id.replaceAll('-', ''))
  }
  const id = uuid7()
  assert.deepEqual(uuidBytes(id.toUpperCase()), uuidBytes(id))
  assert.equal(uuidFromBytes(Buffer.concat([Buffer.alloc(3), uuidBytes(id)]), 3), id)
})

test('what is not a uuid is refused', () => {
  const id = uuid7()
  const wrong = ['', 'x', `${id}0`, id.slice(1), id.replace('7', 'g'), id.replaceAll('-', '0')]
  for (const text of [...wrong, `ı${id.slice(1)}`, `\u0130${id.slice(1)}`, `‐${id.slice(1)}`]) {
    assert.throws(() => uuidBytes(text), TypeError, text)
  }
  assert.throws(() => uuidFromBytes(Buffer.alloc(15)), TypeError)
})
