/**
 * One PostgreSQL for a whole test run, with a migrated template in it.
 *
 * test/run.ts starts it and tells the test files by BECKON_TEST_CLUSTER; a file that
 * is run alone starts one of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/db/db.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'

export interface Cluster {
  readonly socketDir: string
  readonly port: number
  readonly user: string
  stop(): Promise<void>
}

export const template = 'beckon_template'

export async function startCluster(): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-test-'))
  const embedded = await startEmbedded({ dataDir })
  const address = { socketDir: embedded.socketDir, port: embedded.port, user: embedded.user }
  const owner = connect({ ...address, database: 'beckon' }, { max: 1 })
  await owner.unsafe(`create database ${template}`)
  await owner.end()
  const migrating = connect({ ...address, database: template }, { max: 1 })
  await migrate(migrating)
  await migrating.end()
  return {
    ...address,
    stop: async () => {
      await embedded.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
