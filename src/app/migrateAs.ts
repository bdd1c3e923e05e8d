/** Migrates as the owner of the schema, before anything else connects. */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { connect, type DatabaseAddress } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import { refuseSuperuser } from '../db/refuseSuperuser.ts'
import { ensurePartitions } from '../events/partitions.ts'
import { ensureDays } from '../http/requests/partitions.ts'

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
    if (applied.length > 0) log.info({ migrations: applied.length }, 'database migrated')
    return applied
  } finally {
    await owner.end({ timeout: 5 })
  }
}
