/**
 * A copy of the embedded PostgreSQL while it runs: PostgreSQL's own procedure for that
 * (documentation, "Making a Base Backup Using the Low Level API").
 *
 * The files are copied as they change; backup_label tells the copy where to replay the
 * write-ahead log from, and the log of the time between start and stop comes with it. A
 * temporary replication slot keeps that log from being recycled before it is copied.
 */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { copyTree } from './copyTree.ts'
import { postgres } from './driver.ts'
import { SUPERUSER } from './owner.ts'

/** Made anew by each start, or of no use to a copy. Their folders stay, empty. */
const LEFT_OUT =
  /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans|log)\/|^(postmaster\.(pid|opts)|start\.log|backup_label|tablespace_map)$|(^|\/)(pgsql_tmp|pg_internal\.init)/
const SLOT = 'beckon_backup'

/** Answers how many bytes were copied. `target` is made. */
export async function backupCluster(
  at: { socketDir: string; port: number },
  cluster: string,
  target: string,
): Promise<number> {
  const sql = postgres({
    ...{ host: at.socketDir, port: at.port, database: 'postgres', username: SUPERUSER },
    ...{ max: 1, idle_timeout: 0, max_lifetime: null, onnotice: () => {} },
    connection: { application_name: 'beckon backup' },
  })
  try {
    // One connection throughout: the backup and its slot end with it.
    await sql`select pg_create_physical_replication_slot(${SLOT}, true, true)`
    const [begun] = await sql<{ file: string }[]>`
      select pg_walfile_name(pg_backup_start('beckon', true)) as file
    `
    let bytes = await copyTree(cluster, target, (path) => !LEFT_OUT.test(path))
    const [ended] = await sql<{ file: string; labelfile: string }[]>`
      select pg_walfile_name(lsn) as file, labelfile from pg_backup_stop(false)
    `
    await writeFile(join(target, 'backup_label'), ended!.labelfile, { mode: 0o600, flush: true })
    bytes += await copyLog(cluster, target, begun!.file, ended!.file)
    return bytes
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** The segments of the write-ahead log from one to another, which their names order. */
async function copyLog(cluster: string, target: string, first: string, last: string) {
  const wanted = (name: string) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last
  const found = (await readdir(join(cluster, 'pg_wal'))).filter(wanted)
  if (!found.includes(first) || !found.includes(last)) {
    throw new Error('The write-ahead log of the backup is incomplete. Try again.')
  }
  return copyTree(join(cluster, 'pg_wal'), join(target, 'pg_wal'), wanted)
}
