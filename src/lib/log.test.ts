import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { inOneLine, serializeError } from './log.ts'

const run = promisify(execFile)

/** What is printed, line by line. */
async function printed(showAddresses: boolean): Promise<Record<string, unknown>[]> {
  const program = `
    const { createLog } = await import('./src/lib/log.ts')
    const log = createLog({ level: 'info', pretty: false, showAddresses: ${showAddresses} })
    log.info({ phone: '+972501234567', token: 'abc' }, 'lead_processed_successfully')
    log.warn({ err: new Error('550 no such user ada@example.com'), said: '\\u001bada@example.com\\nada@example.com' }, 'to ada@example.com')
    process.exit(0)
  `
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('addresses are masked in words, fields and errors', async () => {
  const [lead, warning] = await printed(false)
  assert.deepEqual(
    [lead?.['event'], lead?.['phone'], lead?.['token'], lead?.['level']],
    ['lead_processed_successfully', '+972…67', '[hidden]', 'info'],
  )
  assert.match(JSON.stringify(warning), /550 no such user a…@example\.com/)
  assert.doesNotMatch(JSON.stringify(warning), /ada@/)
})

test('with LOG_PII they are shown, secrets are not', async () => {
  const [lead, warning] = await printed(true)
  assert.deepEqual([lead?.['phone'], lead?.['token']], ['+972501234567', '[hidden]'])
  assert.equal(warning?.['event'], 'to ada@example.com')
})

test('no text begins a line of its own, or speaks to the terminal', () => {
  const forged = 'Ada\n12:00:00 error all is lost\r\u001b[2J\u009b31m\u202e\u2028'
  assert.equal(
    inOneLine(forged),
    'Ada\\u000a12:00:00 error all is lost\\u000d\\u001b[2J\\u009b31m\\u202e\\u2028',
  )
  assert.equal(inOneLine('שלום, Ada 👋'), 'שלום, Ada 👋')
})

test('the code of an error is told, though fields of that name are hidden', () => {
  const error = Object.assign(new Error('read'), { code: 'ECONNRESET', errno: -104 })
  const { error_code: code, message, ...rest } = serializeError(error) as Record<string, unknown>
  assert.equal(code, 'ECONNRESET')
  assert.equal(message, 'read')
  assert.ok(!('code' in rest))
})
