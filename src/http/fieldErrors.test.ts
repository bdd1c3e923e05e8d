import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { Instant } from '../lib/instant.ts'
import { fieldErrors, MAX_ERRORS, sentenceOf } from './fieldErrors.ts'

const found = (schema: z.ZodType, value: unknown) =>
  (schema.safeParse(value).error?.issues ?? []).flatMap((issue) => fieldErrors(issue))

const Address = z.union([z.string(), z.strictObject({ email: z.string().optional() })])

test('of several forms, the one that was meant is spoken of', () => {
  const body = z.object({ to: Address })
  assert.deepEqual(found(body, { to: { email: 5 } }), [
    { pointer: '/to/email', detail: 'not a text' },
  ])
  assert.deepEqual(found(body, { to: { mail: 'x' } }), [
    { pointer: '/to/mail', detail: 'There is no such field. Check its name or leave it out.' },
  ])
  assert.deepEqual(found(body, { to: [] }), [{ pointer: '/to', detail: 'not a text or an object' }])
})

test('a choice by a field’s value names the values', () => {
  const change = z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('sent') }),
    z.strictObject({ status: z.literal('failed'), reason: z.string() }),
  ])
  assert.deepEqual(found(change, { status: 'lost' }), [
    { pointer: '/status', detail: 'not one of sent, failed' },
  ])
  assert.deepEqual(found(change, { status: 'failed' }), [
    { pointer: '/reason', detail: 'missing: give a text' },
  ])
})

test('of a name that is none, what is wrong with it', () => {
  const body = z.object({ locales: z.record(z.string().max(2, 'not a language'), z.string()) })
  assert.deepEqual(found(body, { locales: { english: 'x' } }), [
    { pointer: '/locales/english', detail: 'as a name: not a language' },
  ])
})

test('a moment that is none is one fault', () => {
  for (const at of ['tomorrow', '0000-01-01T00:00:00Z'])
    assert.equal(found(z.object({ at: Instant }), { at }).length, 1, at)
})

test('the first fault is a sentence by itself', () => {
  assert.equal(sentenceOf([{ pointer: '/to/email', detail: 'not a text' }]), 'to/email: not a text')
  assert.equal(sentenceOf([{ pointer: '', detail: 'not an object' }]), 'the body: not an object')
  assert.equal(sentenceOf([]), undefined)
})

test('of 60,000 fields that there are not, the first few are named', () => {
  const body = Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`field${at}`, at]))
  const errors = found(z.strictObject({}), body)
  assert.equal(errors.length, MAX_ERRORS)
  assert.equal(errors[0]?.pointer, '/field0')
})
