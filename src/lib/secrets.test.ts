/** Keys are made once, whatever starts together, and only their owner reads them. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadSecrets } from './secrets.ts'

const root = await mkdtemp(join(tmpdir(), 'beckon-secrets-'))
after(() => rm(root, { recursive: true }))

test('starts at once on a fresh folder agree on one key', async () => {
  const dir = join(root, 'fresh')
  const all = await Promise.all(Array.from({ length: 8 }, () => loadSecrets({}, dir)))
  for (const secrets of all) assert.deepEqual(secrets, all[0])
  assert.notDeepEqual(all[0]!.encryptionKey, all[0]!.jwtKey)
  assert.deepEqual((await readdir(join(dir, 'secrets'))).sort(), ['encryption_key', 'jwt_key'])
  assert.equal((await stat(join(dir, 'secrets'))).mode & 0o777, 0o700)
  assert.equal((await stat(join(dir, 'secrets', 'jwt_key'))).mode & 0o777, 0o600)
  assert.deepEqual(await loadSecrets({}, dir), all[0])
})

test('given keys are used and nothing is written', async () => {
  const dir = join(root, 'given')
  const secrets = await loadSecrets(
    { ENCRYPTION_KEY: 'ab'.repeat(32), JWT_SECRET_KEY: 'free text' },
    dir,
  )
  assert.equal(secrets.encryptionKey.toString('hex'), 'ab'.repeat(32))
  assert.equal(secrets.jwtKey.length, 32)
  await assert.rejects(stat(dir))
})

test('a damaged key stops the start instead of being replaced', async () => {
  const dir = join(root, 'damaged')
  await loadSecrets({}, dir)
  await writeFile(join(dir, 'secrets', 'encryption_key'), 'oops')
  await assert.rejects(loadSecrets({}, dir), /damaged/)
})
