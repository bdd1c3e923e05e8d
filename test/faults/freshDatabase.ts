/** A migrated database for one fault. */
import { randomBytes } from 'node:crypto'
import { connect } from '../../src/db/db.ts'
import { type Cluster, startCluster, template } from '../helpers/cluster.ts'

/** In the cluster of the whole run, or in one of its own when a file is run alone. */
export async function freshDatabase() {
  const given = process.env['BECKON_TEST_CLUSTER']
  const cluster: Cluster = given
    ? { ...JSON.parse(given), stop: async () => {} }
    : await startCluster()
  const { socketDir, port, user } = cluster
  const database = `fault_${randomBytes(6).toString('hex')}`
  const admin = connect({ socketDir, port, user, database: 'beckon' }, { max: 1 })
  await admin.unsafe(`create database ${database} template ${template}`)
  return {
    address: { socketDir, port, user, database },
    async drop() {
      await admin.unsafe(`drop database ${database} with (force)`)
      await admin.end()
      await cluster.stop()
    },
  }
}
