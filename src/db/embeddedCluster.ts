/**
 * The embedded PostgreSQL's files: made once with initdb, configured at every start.
 *
 * Our settings live in `beckon.conf`, written anew each time so that a new release of
 * Beckon brings its own; whoever knows better writes `local.conf` beside it, which wins.
 */
import {
  appendFile,
  chmod,
  chown,
  lchown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries, Runner } from './embeddedBinaries.ts'

const VERSION = '18' // the major version of the binaries we ship; its files are read by no other

/** For a machine of 2 cores and 2 GB or more. Durability is never traded for speed. */
const SETTINGS = `
listen_addresses = ''                # the unix socket only
unix_socket_permissions = 0700
max_connections = 300                  # several processes, and the pools of several tests at once
superuser_reserved_connections = 5
createrole_self_grant = 'set, inherit' # our own role may take on the roles that it makes

shared_buffers = '256MB'
effective_cache_size = '2GB'
work_mem = '8MB'
maintenance_work_mem = '64MB'
max_parallel_workers_per_gather = 1
max_parallel_maintenance_workers = 0
random_page_cost = 1.1
jit = off                            # costs more than it saves on statements of milliseconds

fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = on
max_wal_size = '2GB'
min_wal_size = '128MB'
checkpoint_timeout = '15min'

autovacuum_max_workers = 2
autovacuum_naptime = '15s'
autovacuum_vacuum_scale_factor = 0.05
autovacuum_vacuum_insert_scale_factor = 0.1
autovacuum_analyze_scale_factor = 0.05
autovacuum_vacuum_cost_limit = 1000

timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'   # one file a day, written over after a week
log_truncate_on_rotation = on
log_rotation_age = '1d'
log_rotation_size = 0
log_file_mode = 0600
log_line_prefix = '%m [%p] %u@%d '
log_min_duration_statement = '2s'
log_checkpoints = off
`

/** Makes the cluster when there is none, hands it to the runner's user, and writes our settings. */
export async function prepareCluster(folder: string, binaries: Binaries, runner: Runner) {
  const cluster = join(folder, 'postgres')
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined) await createCluster(folder, cluster, binaries, runner)
  else if (version.trim() !== VERSION) {
    throw new Error(
      `${cluster} was made by PostgreSQL ${version.trim()}, the embedded one is ${VERSION}. ` +
        'Dump it with the release that made it, or set DATABASE_URL to a PostgreSQL of that version.',
    )
  }
  await give(cluster, runner.owner)
  return cluster
}

/** Only while no postmaster runs: it reads the file at its start. */
export async function writeSettings(cluster: string, socketDir: string, port: number) {
  const path = join(cluster, 'beckon.conf')
  const place = `unix_socket_directories = '${socketDir.replaceAll("'", "''")}'\nport = ${port}\n`
  await writeFile(path, SETTINGS.trimStart() + place, { mode: 0o600 })
  if (process.getuid?.() === 0) await give(path, (await lstat(cluster)).uid)
}

/** In a folder of its own, then moved into place: two starts at once cannot spoil each other's. */
async function createCluster(folder: string, cluster: string, binaries: Binaries, runner: Runner) {
  const draft = await mkdtemp(join(folder, 'postgres.new-'))
  try {
    if (runner.owner !== undefined) await chown(draft, runner.owner, runner.owner)
    await initdb(draft, binaries, runner)
    await appendFile(
      join(draft, 'postgresql.conf'),
      "\ninclude = 'beckon.conf'\ninclude_if_exists = 'local.conf'\n",
    )
    await rename(draft, cluster)
  } catch (error) {
    const other = await lstat(join(cluster, 'PG_VERSION')).catch(() => undefined)
    if (!other) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

function initdb(draft: string, binaries: Binaries, runner: Runner): Promise<void> {
  const args = ['--pgdata', draft, '--username', 'postgres', '--auth', 'trust', '--data-checksums']
  const locale = ['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin']
  const all = [...args, ...locale, '--builtin-locale', 'C.UTF-8', '--no-instructions']
  return new Promise((resolve, reject) => {
    const child = runner.spawn(binaries.initdb, all, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (part: unknown) => {
      output = (output + String(part)).slice(-2000)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`initdb failed: ${output.trim()}`)),
    )
  })
}

/** Root may find namespaces allowed today and refused tomorrow; the files follow. */
async function give(path: string, owner: number | undefined): Promise<void> {
  if (owner === undefined || (await lstat(path)).uid === owner) return
  const entries = await readdir(path, { recursive: true }).catch(() => [])
  for (const entry of entries) await lchown(join(path, entry), owner, owner)
  await lchown(path, owner, owner) // last: an interrupted change is taken up again
}

/** A folder of ours that only `owner` may enter; undefined leaves the owner as found. */
export async function privateFolder(path: string, owner: number | undefined) {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const found = await lstat(path)
  if (!found.isDirectory()) throw new Error(`${path} is not a folder.`)
  if (owner !== undefined && found.uid !== owner) await chown(path, owner, owner)
  if ((found.mode & 0o777) !== 0o700) await chmod(path, 0o700)
}
