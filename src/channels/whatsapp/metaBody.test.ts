import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rejected } from '../../errors.ts'
import { addressed, extrasOf, freeBody, templateBody } from './metaBody.ts'

const content = (text: string, whatsapp: object = {}, title: string | null = null) => ({
  ...{ title, text, data: { whatsapp } },
})
const free = (text: string, whatsapp: object = {}, title: string | null = null) => {
  const given = content(text, whatsapp, title)
  return freeBody(given, extrasOf(given))
}

test('a template takes its parameters on one line each, and none where it has none', () => {
  const extras = extrasOf(
    content('x', { template: ' welcome ', language: 'he', parameters: ['Noa\n  Levi', ''] }),
  )
  assert.deepEqual(templateBody(extras), {
    type: 'template',
    template: {
      name: 'welcome',
      language: { policy: 'deterministic', code: 'he' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Noa Levi' },
            { type: 'text', text: '' },
          ],
        },
      ],
    },
  })
  assert.equal(templateBody(extrasOf(content('x', { template: '  ' }))), undefined)
  const bare = templateBody({ template: 'plain' })
  assert.deepEqual(bare?.['template'], {
    name: 'plain',
    language: { policy: 'deterministic', code: 'en_US' },
  })
})

test('a file carries the text as its caption; sound and stickers carry none', () => {
  const link = 'https://files.example.com/a.pdf'
  assert.deepEqual(free('Look', { media: { type: 'document', link, filename: 'a.pdf' } }), {
    type: 'document',
    document: { link, filename: 'a.pdf', caption: 'Look' },
  })
  assert.deepEqual(free('Listen', { media: { type: 'audio', id: '7' } }), {
    type: 'audio',
    audio: { id: '7' },
  })
})

test('buttons stand below the text', () => {
  const buttons = [
    { id: 'yes', title: 'Yes' },
    { id: 'no', title: 'No' },
  ]
  assert.deepEqual(free('Shall we talk?', { buttons }, 'A question'), {
    type: 'interactive',
    interactive: {
      type: 'button',
      header: { type: 'text', text: 'A question' },
      body: { text: 'Shall we talk?' },
      action: { buttons: buttons.map((reply) => ({ type: 'reply', reply })) },
    },
  })
})

test('what Meta would refuse is refused before it leaves', () => {
  assert.throws(() => free(''), Rejected)
  assert.throws(() => free(' ', { buttons: [{ id: 'a', title: 'A' }] }), Rejected)
  assert.throws(() => free('x', { media: { type: 'image' } }), /link, or the id/)
  assert.throws(() => free('x', { colour: 'red' }), Rejected)
  const long = free('ב'.repeat(5_000))
  assert.equal([...(long['text'] as { body: string }).body].length, 4_096)
})

test('a number is told without its plus, a user without a number by the id', () => {
  const to = (address: string) => addressed(address, 'id', {})
  assert.equal(to('+972501234567')['to'], '972501234567')
  assert.deepEqual(
    [to('US.13491208655302741918')['recipient'], 'to' in to('US.1')],
    ['US.13491208655302741918', false],
  )
})
