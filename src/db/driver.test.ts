import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { postgres } from './driver.ts'

const root = join(import.meta.dirname, '../..')

/** Lets everybody in, and hangs up on whoever asks something. */
const server = createServer((socket: Socket) => {
  socket.on('error', () => {})
  socket.once('data', () => {
    const ok = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]) // AuthenticationOk
    const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]) // ReadyForQuery, idle
    socket.write(Buffer.concat([ok, ready]))
    socket.on('data', () => socket.destroy())
  })
}).listen(0, '127.0.0.1')
await once(server, 'listening')
after(() => server.close())

test('a connection that closes between a query and its writing fails that query and nothing else', async () => {
  const { port } = server.address() as AddressInfo // a TCP server's
  const sql = postgres({ host: '127.0.0.1', port, max: 1, fetch_types: false, backoff: () => 0 })
  for (let round = 0; round < 20; round++) {
    const reserved = await sql.reserve()
    await assert.rejects(reserved`select 1`)
    // The connection is gone: unmended, the driver throws where nobody can catch it, or never answers.
    await assert.rejects(reserved`select 2`)
  }
  await sql.end({ timeout: 0 })
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
