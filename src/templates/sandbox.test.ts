import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { closeSandbox, renderInSandbox } from './sandbox.ts'
import { TemplateError } from './templateError.ts'

after(closeSandbox)

const html = { escape: 'html' } as const

test('the sandbox renders what the compiler leaves to it, single braces included', async () => {
  const source =
    '{% tablerow x in xs cols: 2 %}{{ x }}{% endtablerow %}{name}{{ xs[-1] }}{{ xs.size }}{% cycle 1, 2 %}'
  assert.equal(
    await renderInSandbox(source, { xs: ['<'], name: '&' }, html),
    '<tr class="row1"><td class="col1">&lt;</td></tr>&amp;&lt;11',
  )
})

test('a fault in the sandbox names its place in the source', async () => {
  await assert.rejects(renderInSandbox('{a}\n {{ x | nope }}', {}, html), {
    name: 'TemplateError',
    message: 'undefined filter: nope',
    line: 2,
    column: 2,
  })
})

test('dates follow zone and language there too', async () => {
  const source = '{% cycle "" %}{{ d | date: "%A %H:%M" }}'
  const output = await renderInSandbox(
    source,
    { d: '2026-03-01T23:30:00Z' },
    { escape: 'none', timeZone: 'Asia/Tokyo', locale: 'es' },
  )
  assert.equal(output, 'lunes 08:30')
})

test('a job that hangs costs a worker its life, and the jobs beside and after it nothing', async () => {
  // One filter over so many items that LiquidJS never gets to look at its clock.
  const source = '{{ a | where_exp: "x", "x == 1 and x == 2 or x == 3" | size }}'
  const a = Array.from({ length: 900_000 }, () => 1)
  const hang = renderInSandbox(source, { a }, html)
  const beside = Array.from({ length: 20 }, (_, index) =>
    renderInSandbox('{{ i }}', { i: index }, html),
  )
  await assert.rejects(hang, /takes too long/)
  assert.deepEqual(
    await Promise.all(beside),
    Array.from({ length: 20 }, (_, index) => String(index)),
  )
  assert.equal(await renderInSandbox('{{ x }}', { x: 'alive' }, html), 'alive')
})

test('a job that eats memory is refused, and the process lives', async () => {
  const source = `{% cycle "" %}{% for i in (1..9999) %}{% capture x %}{{ x }}{{ big }}{% endcapture %}{% assign y = x | split: "" %}{% endfor %}`
  await assert.rejects(renderInSandbox(source, { big: 'b'.repeat(500_000) }, html), TemplateError)
  assert.equal(await renderInSandbox('{{ x }}', { x: 'alive' }, html), 'alive')
})

test('what is not data does not get in', async () => {
  const variables = { f: () => 'called', o: JSON.parse('{"__proto__":1,"constructor":2}') }
  assert.equal(
    await renderInSandbox('{{ f }}{{ o.__proto__ }}{{ o.constructor }}', variables, html),
    '',
  )
  await assert.rejects(
    renderInSandbox('{{ x }}', { x: 'x'.repeat(3_000_000) }, html),
    /variables are longer/,
  )
})

test('closing refuses what is under way, and the sandbox can be used again', async () => {
  const jobs = Array.from({ length: 5 }, () => renderInSandbox('{{ x }}', {}, html))
  const outcomes = Promise.allSettled(jobs)
  await closeSandbox()
  for (const outcome of await outcomes) assert.equal(outcome.status, 'rejected')
  assert.equal(await renderInSandbox('{{ x }}', { x: 1 }, html), '1')
})

test('an idle sandbox does not keep the process alive', () => {
  const script = `
    import { renderInSandbox } from ${JSON.stringify(new URL('./sandbox.ts', import.meta.url).href)}
    console.log(await renderInSandbox('{{ x }}', { x: 'done' }, { escape: 'none' }))`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.equal(child.stdout, 'done\n')
  assert.equal(child.status, 0)
})
