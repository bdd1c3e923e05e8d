/** Migrates as the owner of the schema, before anything else connects. */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { connect, type DatabaseAddress } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import { listEntries, listMigrations } from '../db/migrations.ts'
import { refuseSuperuser } from '../db/refuseSuperuser.ts'
import { ensurePartitions } from '../events/partitions.ts'
import { ensureDays } from '../http/requests/partitions.ts'

const NEWER =
  'the database is newer than this version, which does not know all of it: run the newer version, or restore a backup of before'

export async function migrateAs(
  address: DatabaseAddress,
  log: Logger,
  config: Pick<Config, 'ENVIRONMENT' | 'ALLOW_SUPERUSER'>,
): Promise<string[]> {
  const owner = connect(address, { max: 1 })
  try {
    await refuseSuperuser(owner, config)
    const applied = await migrate(owner)
    await ensurePartitions(owner, new Date())
    await ensureDays(owner, new Date())
    // Left to run: while an update is rolled out, the version before starts on it too.
    const known = listMigrations()
    const newer = (await listEntries(owner)).filter(({ name }) => !known.includes(name))
    if (newer.length > 0) log.warn({ migrations: newer.map(({ name }) => name) }, NEWER)
    if (applied.length > 0) log.info({ migrations: applied.length }, 'database migrated')
    return applied
  } finally {
    await owner.end({ timeout: 5 })
  }
}
