import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mended } from './driver.ts'

const root = join(import.meta.dirname, '../..')

test('the installed driver is the one that was read, and each place that forgets is mended', () => {
  const source = readFileSync(join(root, 'node_modules/postgres/src/connection.js'), 'utf8')
  const text = mended(source)
  assert.equal(
    text.split('chunk = nextWriteTimer = null').length -
      source.split('chunk = nextWriteTimer = null').length,
    3,
  )
})

test('another version of the driver is refused until somebody has looked at it', () => {
  assert.throws(() => mended('function nextWrite(fn) {}'), /is not the version/)
})

test('nothing takes the driver from its package', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).filter(
    (file) => !file.startsWith('src/db/driver'),
  )
  const takers = files.filter((file) =>
    /^import (?!type ).*from 'postgres'$/m.test(readFileSync(join(root, file), 'utf8')),
  )
  assert.deepEqual(takers, [])
})
