import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fastify from 'fastify'
import { openDashboard } from './dashboard.ts'

const folder = await mkdtemp(join(tmpdir(), 'beckon-dashboard-'))
const asset = join(folder, 'assets', 'a-1234.js')
await mkdir(join(folder, 'assets'))
await writeFile(join(folder, 'index.html'), '<html lang="en" dir="ltr"></html>')
await writeFile(join(folder, 'preloads.json'), '{}')
await writeFile(asset, 'export {}')
const dashboard = openDashboard(folder)
const server = fastify()
server.get('/:name', async (request, reply) => {
  await dashboard?.sendAsset('a-1234.js', request, reply)
  return reply
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

test('a file that could not be read once is read anew, and no browser keeps the refusal', async () => {
  await rm(asset)
  const refused = await server.inject('/a')
  assert.deepEqual([refused.statusCode, refused.headers['cache-control']], [500, undefined])
  await writeFile(asset, 'export {}')
  const read = await server.inject('/a')
  assert.deepEqual([read.statusCode, read.body], [200, 'export {}'])
  assert.match(String(read.headers['cache-control']), /immutable/)
})
