/** What the server stands on before its database: Node, settings, data folder, secrets, disk, its own URL. */
import { constants } from 'node:fs'
import { access, readdir, readFile, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { createHttp } from '../../lib/http.ts'
import { type Finding, fail, pass, warn, wordsOf } from './finding.ts'

const NODE = 26
const GIGABYTE = 1024 ** 3
const LITTLE = GIGABYTE // bytes free; below it is time to make room
const TOO_LITTLE = GIGABYTE / 5 // PostgreSQL stops when it cannot write
const REACH_SECONDS = 5

export function checkNode(): Finding {
  const { node } = process.versions
  return Number(node.split('.')[0]) >= NODE
    ? pass('node', `Node ${node}.`)
    : fail('node', `Node ${node} is too old.`, `Start it by bin/beckon, which brings Node ${NODE}.`)
}

/** One finding per fault of the environment, as readConfig lists them. */
export function environmentFaults(error: unknown): Finding[] {
  const lines = wordsOf(error).split('\n')
  const faults = lines.filter((line) => line.startsWith('  - ')).map((line) => line.slice(4))
  const mend =
    'Correct it in the environment or in .env; .env.example tells what each setting takes.'
  return (faults.length > 0 ? faults : lines).map((fault) => fail('environment', fault, mend))
}

export function checkSettings(config: Config): Finding[] {
  const found = config.warnings.map((each) =>
    warn('environment', each, 'Correct it in the environment or in .env, or leave it.'),
  )
  if (config.ENVIRONMENT === 'production' && config.API_DOCS === 'public') {
    const mend = 'Set API_DOCS=login or off, unless that is meant.'
    found.push(warn('api docs', 'Everybody may read /api/docs/ in production.', mend))
  }
  return found.length > 0 ? found : [pass('environment', 'All settings are understood.')]
}

export async function checkDataDir({ DATA_DIR }: Pick<Config, 'DATA_DIR'>): Promise<Finding> {
  const check = 'data folder'
  const found = await stat(DATA_DIR).catch(() => undefined)
  if (!found) return pass(check, `${DATA_DIR} is not there yet; the first start makes it.`)
  if (!found.isDirectory())
    return fail(check, `${DATA_DIR} is not a folder.`, 'Let DATA_DIR name a folder.')
  const writable = await access(DATA_DIR, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!writable) {
    const mend = `Give it to the user that runs Beckon: chown -R <user> ${DATA_DIR}`
    return fail(check, `${DATA_DIR} cannot be written.`, mend)
  }
  if ((found.mode & 0o077) !== 0) {
    return warn(
      check,
      `${DATA_DIR} is open to other users of this machine.`,
      `chmod 700 ${DATA_DIR}`,
    )
  }
  return pass(check, `${DATA_DIR} is writable and closed to others.`)
}

/** A missing key is made by the first start; `needed` when something was encrypted with it already. */
export async function checkSecrets(config: Config, needed: boolean): Promise<Finding[]> {
  return Promise.all(secretNames.map(([name, file]) => checkSecret(config, name, file, needed)))
}

const secretNames = [
  ['ENCRYPTION_KEY', 'encryption_key'],
  ['JWT_SECRET_KEY', 'jwt_key'],
] as const

async function checkSecret(
  config: Config,
  name: (typeof secretNames)[number][0],
  file: string,
  needed: boolean,
): Promise<Finding> {
  const check = 'secrets'
  if (config[name] !== undefined) return pass(check, `${name} is set.`)
  const path = join(config.DATA_DIR, 'secrets', file)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined && needed) {
    const mend = `Restore ${path} from a backup, or set ${name}. A new one cannot open what was encrypted before.`
    return fail(check, `${path} is missing and ${name} is not set.`, mend)
  }
  if (text === undefined && config.DATABASE_URL !== undefined) {
    const mend = `Set ${name} to the same on every machine that uses this database.`
    return warn(check, `${name} is not set: the first start makes one for this machine.`, mend)
  }
  if (text === undefined) return pass(check, `${name}: the first start makes one.`)
  if (!/^[0-9a-f]{64}$/.test(text.trim()))
    return fail(check, `${path} is damaged.`, 'Restore it from a backup.')
  const { mode } = await stat(path)
  return (mode & 0o077) === 0
    ? pass(check, `${name} is kept in ${path}.`)
    : warn(check, `${path} can be read by other users.`, `chmod 600 ${path}`)
}

/** Whether the encryption key is there, so that looking at it would not make one. */
export async function hasEncryptionKey(config: Config): Promise<boolean> {
  if (config.ENCRYPTION_KEY !== undefined) return true
  const text = await readFile(join(config.DATA_DIR, 'secrets/encryption_key'), 'utf8').catch(
    () => '',
  )
  return /^[0-9a-f]{64}$/.test(text.trim())
}

export async function checkDisk({ DATA_DIR }: Pick<Config, 'DATA_DIR'>): Promise<Finding[]> {
  const found = await statfs(DATA_DIR).catch(() => undefined)
  if (!found) return []
  const free = found.bavail * found.bsize
  const detail = `${(free / GIGABYTE).toFixed(1)} GB are free in ${DATA_DIR}.`
  const mend = 'Make room, or move DATA_DIR to a larger disk while Beckon is stopped.'
  if (free < TOO_LITTLE) return [fail('disk', detail, mend)]
  return [free < LITTLE ? warn('disk', detail, mend) : pass('disk', detail)]
}

export async function checkSpool({ DATA_DIR }: Pick<Config, 'DATA_DIR'>): Promise<Finding[]> {
  const names = await readdir(join(DATA_DIR, 'spool')).catch(() => [])
  const waiting = names.filter((name) => name.startsWith('hits-') && name.endsWith('.jsonl'))
  const refused = names.filter((name) => name.startsWith('refused-'))
  const found: Finding[] = []
  if (waiting.length > 0) {
    const detail = `${waiting.length} files of opens and clicks wait on disk for the database.`
    found.push(warn('spool', detail, 'The server takes them in within a minute of reaching it.'))
  }
  if (refused.length > 0) {
    const detail = `The database refused the opens and clicks in ${refused.length} files (refused-*).`
    const mend = `Look into ${join(DATA_DIR, 'spool')}; delete them when they are of no use.`
    found.push(warn('spool', detail, mend))
  }
  return found.length > 0 ? found : [pass('spool', 'Nothing waits on disk.')]
}

/** Whether the outside reaches us is for the outside to say; that we do not is worth a look. */
export async function checkPublicUrl({ PUBLIC_URL, ENVIRONMENT }: Config): Promise<Finding[]> {
  const check = 'public url'
  const found: Finding[] = []
  if (!PUBLIC_URL.startsWith('https:') && ENVIRONMENT === 'production') {
    const mend = 'Put a proxy with a certificate before it and set PUBLIC_URL=https://…'
    found.push(
      warn(check, `${PUBLIC_URL} is not https: links and logins travel in the open.`, mend),
    )
  }
  const http = createHttp({ guard: false })
  try {
    const url = `${PUBLIC_URL}/health`
    const answer = await http.send({ method: 'GET', url, timeoutSeconds: REACH_SECONDS })
    if (answer.status === 200 && answer.text.includes('"healthy"'))
      found.push(pass(check, `${PUBLIC_URL} answers.`))
    else found.push(unreachable(PUBLIC_URL, `it answered ${answer.status}`))
  } catch (error) {
    found.push(unreachable(PUBLIC_URL, wordsOf(error)))
  } finally {
    await http.close()
  }
  return found
}

function unreachable(url: string, why: string): Finding {
  const mend =
    'Start the server if it is stopped; else check the proxy and DNS. From outside it may work all the same.'
  return warn('public url', `${url} does not lead here: ${why}.`, mend)
}
