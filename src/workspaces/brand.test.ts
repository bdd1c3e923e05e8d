/** A workspace's brand: what it may be, and that it stays. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessServer, bearer } from '../../test/helpers/accessServer.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { scopes } from './auth.ts'

const { addKey, home, send } = await accessServer(await testDatabase())
const { key } = await addKey(scopes)
const path = `/workspaces/${home.id}/brand`
const png = 'data:image/png;base64,iVBORw0KGgo='
const put = (color: string | null, logo: string | null) =>
  send('PUT', path, { color, logo }, bearer(key))

test('a brand has a colour and a logo, or neither', async () => {
  assert.deepEqual((await send('GET', path, null, bearer(key))).json(), { color: null, logo: null })
  assert.equal((await put('#AA3300', png)).statusCode, 200)
  const kept = await send('GET', path, null, bearer(key))
  assert.deepEqual(kept.json(), { color: '#aa3300', logo: png })
  assert.equal((await put(null, null)).statusCode, 200)
  const gone = await send('GET', path, null, bearer(key))
  assert.deepEqual(gone.json(), { color: null, logo: null })
})

test('what is no colour or no picture is refused', async () => {
  for (const color of ['red', '#12345', '#1234567', 'url(x)', '#fff;}'])
    assert.equal((await put(color, null)).statusCode, 422, color)
  const wrong = [
    'https://example.com/logo.png',
    'data:image/svg+xml;base64,PHN2Zy8+',
    'data:text/html;base64,iVBORw0KGgo=',
    'data:image/png;base64,PHN2Zy8+', // says one thing, is another
    'data:image/png;base64,iVBORw0KGgo="><script>',
    `data:image/png;base64,iVBORw0KGgo${'A'.repeat(45_000)}`,
  ]
  for (const logo of wrong) assert.equal((await put(null, logo)).statusCode, 422, logo.slice(0, 60))
})
