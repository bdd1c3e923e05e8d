import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mjmlToHtml } from './mjml.ts'
import { TemplateError } from './templateError.ts'

const name: string = 'mjml'
const installed = await import(name).then(
  () => true,
  () => false,
)
const skip = installed ? false : 'mjml is not installed'

const wrap = (inside: string) =>
  `<mjml><mj-body><mj-section><mj-column>${inside}</mj-column></mj-section></mj-body></mjml>`

test('MJML becomes HTML, and Liquid passes through', { skip }, async () => {
  const html = await mjmlToHtml(
    wrap(
      '<mj-text>{{ a | default: "<b>" }} {name}</mj-text><mj-button href="https://x.test/{{ id }}">Go</mj-button>',
    ),
  )
  assert.match(html, /<html/)
  assert.match(html, /\{\{ a \| default: "<b>" \}\} \{name\}/)
  assert.match(html, /href="https:\/\/x\.test\/\{\{ id \}\}"/)
})

test('MJML’s faults are named with their line', { skip }, async () => {
  await assert.rejects(mjmlToHtml(wrap('\n<mj-nope></mj-nope>')), (error) => {
    assert.ok(error instanceof TemplateError)
    assert.equal(error.line, 2)
    return true
  })
})

test('without MJML the error says what to install', {
  skip: installed && 'mjml is installed',
}, async () => {
  await assert.rejects(mjmlToHtml(wrap('')), /MJML is not installed: npm install mjml/)
})

test('MJML that takes long leaves the thread to others', { skip }, async () => {
  let turns = 0
  const ticking = setInterval(() => turns++, 1)
  const sections = '<mj-section><mj-column></mj-column></mj-section>'.repeat(1_000)
  await mjmlToHtml(`<mjml><mj-body>${sections}</mj-body></mjml>`)
  clearInterval(ticking)
  assert.ok(turns > 20, `${turns} turns of the event loop`)
})

test('includes are refused before MJML sees them', async () => {
  await assert.rejects(mjmlToHtml('<mjml>\n<MJ-include path="/etc/passwd" /></mjml>'), {
    name: 'TemplateError',
    message: 'mj-include is not available.',
    line: 2,
  })
})
