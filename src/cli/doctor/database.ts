/** Whether the database is one that Beckon can work on. */
import type { Config } from '../../config.ts'
import { connect, type DatabaseAddress } from '../../db/db.ts'
import {
  CHANGED_HINT,
  changedSince,
  changedWords,
  type Entry,
  listEntries,
  listMigrations,
  readMigration,
} from '../../db/migrations.ts'
import { type Finding, fail, pass, warn, wordsOf } from './finding.ts'
import { canBecome, clockOffsetMs, readServer, tablesWithoutSecurity } from './store.ts'

const OLDEST = 150_000 // PostgreSQL 15, as server_version_num
const CLOCK_MS = 2_000
const CONNECT_SECONDS = 5

export interface DatabaseReport {
  readonly findings: readonly Finding[]
  /** Migrated and reachable: the rest can be looked at. */
  readonly usable: boolean
}

export async function checkDatabase(
  address: DatabaseAddress,
  config: Config,
): Promise<DatabaseReport> {
  const sql = connect(address, { max: 1, connect_timeout: CONNECT_SECONDS })
  try {
    const server = await readServer(sql)
    const findings = [checkVersion(server), checkSuperuser(server, config)]
    const clock = await clockOffsetMs(sql)
    findings.push(checkClock(clock))
    const applied = await listEntries(sql)
    const migrations = checkMigrations(applied)
    findings.push(migrations)
    if (applied.length > 0) {
      findings.push(await checkRoles(sql, server.user))
      const open = await tablesWithoutSecurity(sql)
      findings.push(checkSecurity(open))
    }
    return { findings, usable: migrations.status === 'pass' }
  } catch (error) {
    const mend = config.DATABASE_URL
      ? 'Check DATABASE_URL: host, port, name, user and password, and that this machine may connect.'
      : `See the newest file in ${config.DATA_DIR}/postgres/log.`
    const findings = [fail('database', `It cannot be reached: ${wordsOf(error)}.`, mend)]
    return { findings, usable: false }
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function checkVersion({ version, versionNumber }: { version: string; versionNumber: number }) {
  return versionNumber >= OLDEST
    ? pass('database', `PostgreSQL ${version} answers.`)
    : fail('database', `PostgreSQL ${version} is too old.`, 'Use PostgreSQL 15 or newer.')
}

function checkSuperuser(server: { user: string; superuser: boolean }, config: Config): Finding {
  if (!server.superuser) return pass('database user', `${server.user} is no superuser.`)
  const detail = `${server.user} is a superuser, whom row level security does not bind.`
  const mend =
    'Connect as a user without it: create role beckon login createrole password …; alter database … owner to beckon.'
  const refused = config.ENVIRONMENT === 'production' && !config.ALLOW_SUPERUSER
  return refused
    ? fail('database user', detail, `${mend} Or set ALLOW_SUPERUSER=true.`)
    : warn('database user', detail, mend)
}

function checkClock(offsetMs: number): Finding {
  const detail = `The clocks of this machine and the database differ by ${Math.round(offsetMs)} ms.`
  if (Math.abs(offsetMs) < CLOCK_MS) return pass('clock', detail)
  return warn('clock', detail, 'Beckon goes by the database. Let both keep time by NTP.')
}

function checkMigrations(entries: readonly Entry[]): Finding {
  const applied = entries.map(({ name }) => name)
  const known = listMigrations()
  const [changed] = changedSince(entries, known.map(readMigration))
  if (changed !== undefined) return fail('migrations', changedWords(changed), CHANGED_HINT)
  const missing = known.filter((name) => !applied.includes(name))
  const newer = applied.filter((name) => !known.includes(name))
  if (newer.length > 0) {
    const detail = `The database is of a newer version: it has ${newer.join(', ')}.`
    return fail('migrations', detail, 'Run that version again, or restore a backup of before.')
  }
  if (missing.length === 0) return pass('migrations', 'The database is up to date.')
  const mend = 'Run `beckon migrate`; a start does it too.'
  if (applied.length === 0) return warn('migrations', 'The database is empty.', mend)
  return fail('migrations', `These are missing: ${missing.join(', ')}.`, mend)
}

/** Without roles the policies bind the owner itself, which is less safe against our own faults. */
async function checkRoles(sql: ReturnType<typeof connect>, user: string): Promise<Finding> {
  const refused: string[] = []
  for (const role of ['beckon_app', 'beckon_engine']) {
    if (!(await canBecome(sql, role))) refused.push(role)
  }
  if (refused.length === 0) return pass('roles', 'Both roles can be taken.')
  const mend = `As an administrator: create role beckon_app; create role beckon_engine; grant beckon_app, beckon_engine to ${user}; before the first migration.`
  const detail = `${user} cannot become ${refused.join(' and ')}; row level security binds ${user} itself instead.`
  return warn('roles', detail, mend)
}

function checkSecurity(open: readonly string[]): Finding {
  if (open.length === 0) return pass('row level security', 'It is in force on every table.')
  const detail = `It is switched off on ${open.join(', ')}.`
  const mend = `As the owner: ${open.map((name) => `alter table ${name} enable row level security, force row level security;`).join(' ')}`
  return fail('row level security', detail, mend)
}
