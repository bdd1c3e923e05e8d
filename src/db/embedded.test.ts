/**
 * The embedded PostgreSQL through the deaths that it must survive. Owners are processes of
 * their own, so that they can be killed as the system kills: without a word.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { postgres } from './driver.ts'
import { type Embedded, startEmbedded } from './embedded.ts'
import { stopPostmaster } from './postmaster.ts'
import { isAlive } from './processes.ts'

const root = process.getuid?.() === 0
const NOBODY = 65_534
const namespaces = root && spawnSync('unshare', ['-U', 'true']).status === 0

const folders: string[] = []
function dataFolder(name = 'beckon-embedded-'): string {
  folders.push(mkdtempSync(join(tmpdir(), name)))
  return folders.at(-1)!
}

const children: ChildProcess[] = []
after(async () => {
  for (const child of children) child.kill('SIGKILL') // what a failed test left would keep the file from ending
  for (const folder of folders) {
    await stopPostmaster(join(folder, 'postgres'))
    rmSync(folder, { recursive: true })
  }
})

const OWNER = `
  const [module, dataDir] = process.argv.slice(1)
  const { startEmbedded } = await import(module)
  try {
    const { stop, ...embedded } = await startEmbedded({ dataDir, patience: 1000 })
    console.log(JSON.stringify(embedded))
    process.stdin.once('data', () => stop().then(() => process.exit()))
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }))
    process.exit(1)
  }`
const OWNER_ARGS = ['--input-type=module', '-e', OWNER, import.meta.resolve('./embedded.ts')]

interface Owner {
  readonly child: ChildProcess
  /** What startEmbedded answered, or its error's message. */
  readonly answer: Partial<Embedded> & { error?: string }
}

interface OwnerOptions {
  /** A command to run the owner under. */
  readonly wrap?: readonly string[]
  readonly uid?: number
  /** Runs when the wrap has said a first line of its own. */
  readonly prepare?: (child: ChildProcess) => void
}

async function startOwner(
  dataDir: string,
  { wrap = [], uid, prepare }: OwnerOptions = {},
): Promise<Owner> {
  const [command, ...args] = [...wrap, process.execPath, ...OWNER_ARGS, dataDir]
  const child = spawn(command!, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout! })
  if (prepare) {
    await once(lines, 'line')
    prepare(child)
  }
  const [line] = await once(lines, 'line')
  return { child, answer: JSON.parse(line) }
}

async function end({ child }: Owner, signal?: 'SIGKILL') {
  const exit = once(child, 'exit')
  if (signal) child.kill(signal)
  else child.stdin!.write('stop\n')
  await exit
}

const postmasterPid = (dataDir: string) =>
  Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])

async function withSql<T>(
  at: Partial<Embedded>,
  use: (sql: ReturnType<typeof postgres>) => Promise<T>,
) {
  const sql = postgres({ ...at.options!, max: 1, onnotice: () => {} })
  return use(sql).finally(() => sql.end())
}

test('a fresh folder becomes a database that only we can reach, with checksums and full durability', async () => {
  const dataDir = dataFolder()
  const embedded = await startEmbedded({ dataDir })
  const settings = await withSql(
    embedded,
    (sql) => sql`
      select current_setting('data_checksums') as checksums, current_setting('fsync') as fsync,
        current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as host,
        current_setting('server_encoding') as encoding, current_setting('jit') as jit
    `,
  )
  assert.deepEqual(
    { ...settings[0] },
    { checksums: 'on', fsync: 'on', commit: 'on', host: '', encoding: 'UTF8', jit: 'off' },
  )
  assert.equal(statSync(dataDir).mode & 0o777, 0o700)
  assert.equal(embedded.adopted, false)
  await embedded.stop()
})

test('our user owns the database and takes on roles it makes, yet is no superuser', async () => {
  const embedded = await startEmbedded({ dataDir: dataFolder() })
  const [row] = await withSql(embedded, async (sql) => {
    await sql`create role engine`
    await sql`create extension pg_trgm`
    await sql`set role engine`
    return sql`select current_user as role, rolsuper from pg_roles where rolname = session_user`
  })
  assert.deepEqual({ ...row }, { role: 'engine', rolsuper: false })
  await embedded.stop()
})

test('stopping leaves no process and no lock', async () => {
  const dataDir = dataFolder()
  const embedded = await startEmbedded({ dataDir })
  const pid = postmasterPid(dataDir)
  assert.equal(await isAlive(pid), true)
  await embedded.stop()
  assert.equal(await isAlive(pid), false)
  assert.throws(() => statSync(join(dataDir, 'beckon.lock')), { code: 'ENOENT' })
  assert.throws(() => statSync(join(dataDir, 'postgres/postmaster.pid')), { code: 'ENOENT' })
})

test('a second process is refused and told about DATABASE_URL, while the first goes on', async () => {
  const dataDir = dataFolder()
  const first = await startOwner(dataDir)
  await assert.rejects(startEmbedded({ dataDir, patience: 0 }), /process \d+.*DATABASE_URL/)
  // Without the file, the lock inside PostgreSQL still refuses.
  rmSync(join(dataDir, 'beckon.lock'))
  await assert.rejects(startEmbedded({ dataDir, patience: 0 }), /DATABASE_URL/)
  assert.equal((await withSql(first.answer, (sql) => sql`select 1`)).length, 1)
  await end(first)
})

/** As one more that starts makes its own, and removes it because another was first. */
async function makeDraft(draft: string) {
  await mkdir(draft, { recursive: true })
  for (let n = 0; n < 30; n++) await writeFile(join(draft, `${n}`), '').catch(() => {})
  await rm(draft, { recursive: true, force: true }).catch(() => {})
}

test('of two that start at once in an empty folder, one owns it', async () => {
  const dataDir = dataFolder()
  const started = Promise.all([startOwner(dataDir), startOwner(dataDir)])
  let isStarting = true
  const ready = () => {
    isStarting = false
  }
  started.then(ready, ready)
  for (let n = 0; isStarting; n++) await makeDraft(join(dataDir, `postgres.new-${n}`))
  const owners = await started
  assert.equal(owners.filter((owner) => owner.answer.error === undefined).length, 1)
  assert.match(owners.map((owner) => owner.answer.error ?? '').join(''), /DATABASE_URL/)
  await end(owners.find((owner) => owner.answer.error === undefined)!)
})

test('when the owner is killed, the next start takes the running PostgreSQL over', async () => {
  const dataDir = dataFolder()
  const first = await startOwner(dataDir)
  await withSql(first.answer, async (sql) => {
    await sql`create table kept (n int)`
    await sql`insert into kept values (1)`
  })
  const pid = postmasterPid(dataDir)
  await end(first, 'SIGKILL')
  assert.equal(await isAlive(pid), true)
  const next = await startEmbedded({ dataDir })
  assert.equal(next.adopted, true)
  assert.equal((await withSql(next, (sql) => sql`select n from kept`)).length, 1)
  await next.stop()
  assert.equal(await isAlive(pid), false)
})

test('when PostgreSQL is killed with all its children, its owner brings it back with every commit', async () => {
  const dataDir = dataFolder()
  const lines: string[] = []
  const back = Promise.withResolvers<void>()
  const log = (line: string) => {
    lines.push(line)
    if (line.endsWith('is back')) back.resolve()
  }
  const embedded = await startEmbedded({ dataDir, log })
  const children = await withSql(embedded, async (sql) => {
    await sql`create table kept as select n from generate_series(1, 1000) n`
    return sql<{ pid: number }[]>`select pid from pg_stat_activity where pid <> pg_backend_pid()`
  })
  const pid = postmasterPid(dataDir)
  for (const victim of [pid, ...children.map((child) => child.pid)]) process.kill(victim, 'SIGKILL')
  await back.promise
  assert.notEqual(postmasterPid(dataDir), pid)
  const [row] = await withSql(embedded, (sql) => sql`select count(*)::int as n from kept`)
  assert.equal(row?.['n'], 1000)
  await embedded.stop()
})

test('when owner and PostgreSQL are killed, the next start recovers', async () => {
  const dataDir = dataFolder()
  const first = await startOwner(dataDir)
  await withSql(first.answer, (sql) => sql`create table kept as select 1 as n`)
  const pid = postmasterPid(dataDir)
  await end(first, 'SIGKILL')
  process.kill(pid, 'SIGKILL')
  const next = await startEmbedded({ dataDir })
  assert.equal((await withSql(next, (sql) => sql`select n from kept`)).length, 1)
  await next.stop()
})

test('a folder whose path is too long for a socket gets a short one elsewhere', async () => {
  const embedded = await startEmbedded({ dataDir: dataFolder(`beckon-${'long'.repeat(25)}-`) })
  assert.ok(Buffer.byteLength(embedded.socketDir) < 90)
  assert.equal(statSync(embedded.socketDir).mode & 0o777, 0o700)
  await embedded.stop()
  rmSync(embedded.socketDir, { recursive: true })
})

test('an ordinary user runs it plainly', {
  skip: !root && 'needs root to become another',
}, async () => {
  const dataDir = dataFolder()
  chownSync(dataDir, NOBODY, NOBODY)
  const owner = await startOwner(dataDir, { uid: NOBODY })
  assert.equal(owner.answer.error, undefined)
  assert.equal(statSync(join(dataDir, 'postgres')).uid, NOBODY)
  await end(owner)
})

/**
 * A user namespace of root's that knows the users of `map` and in which no other may be made.
 * Its first shell waits for the map, which only a process outside may write: user_namespaces(7).
 */
const confined = [
  'unshare',
  '-U',
  'sh',
  '-c',
  'echo waiting && read -r line && exec sh -c "$0" sh "$@"',
  'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
]
const writeMap = (map: string) => (child: ChildProcess) => {
  writeFileSync(`/proc/${child.pid}/uid_map`, map)
  writeFileSync(`/proc/${child.pid}/gid_map`, map)
  child.stdin!.write('\n')
}

test('as root without namespaces it runs as nobody, and root has its files back later', {
  skip: !namespaces && 'needs root that may make user namespaces',
}, async () => {
  const dataDir = dataFolder()
  await end(await startOwner(dataDir))
  assert.equal(statSync(join(dataDir, 'postgres')).uid, 0)
  const owner = await startOwner(dataDir, { wrap: confined, prepare: writeMap('0 0 65535') })
  assert.equal(owner.answer.error, undefined)
  assert.equal(statSync(join(dataDir, 'postgres')).uid, NOBODY)
  await end(owner)
  await end(await startOwner(dataDir))
})

test('where nothing works, the error names DATABASE_URL', {
  skip: !namespaces && 'needs root that may make user namespaces',
}, async () => {
  const owner = await startOwner(dataFolder(), { wrap: confined, prepare: writeMap('0 0 1') })
  assert.match(owner.answer.error ?? '', /ordinary user.*DATABASE_URL/)
})
