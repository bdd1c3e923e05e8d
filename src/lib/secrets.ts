/**
 * The two keys of an installation: given by the operator, or made once and kept in
 * DATA_DIR/secrets, readable by nobody else.
 *
 * Several processes may start at once on a fresh folder: a key is written whole to a
 * file of its own name and then linked to its final one, which succeeds for one of them.
 */
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { keyFromText } from './crypt.ts'

export interface Secrets {
  /** Seals settings of senders, two-factor secrets and cookies of known devices. */
  readonly encryptionKey: Buffer
  /** Signs the tokens of /api/client/login. */
  readonly jwtKey: Buffer
}

export async function loadSecrets(
  given: {
    readonly ENCRYPTION_KEY?: string | undefined
    readonly JWT_SECRET_KEY?: string | undefined
  },
  dataDir: string,
): Promise<Secrets> {
  const dir = join(dataDir, 'secrets')
  return {
    encryptionKey: keyFromText(
      given.ENCRYPTION_KEY ?? (await readOrMake(dir, 'encryption_key')),
      'encryption',
    ),
    jwtKey: keyFromText(given.JWT_SECRET_KEY ?? (await readOrMake(dir, 'jwt_key')), 'jwt'),
  }
}

async function readOrMake(dir: string, name: string): Promise<string> {
  const path = join(dir, name)
  const text = (await readIfThere(path)) ?? (await make(dir, path))
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw new Error(`${path} is damaged: it should hold 64 hex digits. Restore it from a backup.`)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function make(dir: string, path: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(draft, path)
    await syncFolder(dir)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error // another process was quicker: its key counts
  } finally {
    await rm(draft, { force: true })
  }
  return (await readFile(path, 'utf8')).trim()
}

/** Without it a power cut could take the key back, and with it all that was sealed. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
