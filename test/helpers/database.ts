/** A real database of its own for each test file: a copy of the migrated template. */
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import { connect, type Db, openDb } from '../../src/db/db.ts'
import { migrate } from '../../src/db/migrate.ts'
import { type Cluster, startCluster, template } from './cluster.ts'

let cluster: Promise<Cluster> | undefined
const closers: (() => Promise<void>)[] = []
after(async () => {
  for (const close of closers.reverse()) await close()
})

function findCluster(): Promise<Cluster> {
  const given = process.env['BECKON_TEST_CLUSTER']
  cluster ??= given
    ? Promise.resolve({ ...JSON.parse(given), stop: async () => {} })
    : startCluster().then((own) => {
        closers.push(() => own.stop())
        return own
      })
  return cluster
}

/** A clock that stands still until it is moved. */
export class TestClock {
  private at: Date
  constructor(at = new Date('2026-03-02T10:00:00Z')) {
    this.at = at
  }
  now(): Date {
    return this.at
  }
  forward(by: { days?: number; hours?: number; minutes?: number; seconds?: number }): void {
    const { days = 0, hours = 0, minutes = 0, seconds = 0 } = by
    this.at = new Date(
      this.at.getTime() + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000,
    )
  }
}

export interface TestDatabase {
  readonly db: Db
  readonly clock: TestClock
  /** Where the database is, for a server started in a process of its own. */
  readonly address: { socketDir: string; port: number; user: string; database: string }
  /** Has something closed when the file's tests are done, before the database goes. */
  closeFirst(close: () => Promise<void>): void
}

/** Dropped when the file's tests are done. Call it at the top of a test file, outside `test`. */
export async function testDatabase(): Promise<TestDatabase> {
  const { socketDir, port, user } = await findCluster()
  const database = `test_${randomBytes(6).toString('hex')}`
  const admin = connect({ socketDir, port, user, database: 'beckon' }, { max: 1 })
  await admin.unsafe(`create database ${database} template ${template} strategy file_copy`)
  const address = { socketDir, port, user, database }
  const clock = new TestClock()
  const db = await openDb(address, { connections: 10, clock })
  closers.push(async () => {
    await db.close()
    await admin.unsafe(`drop database ${database} with (force)`)
    await admin.end()
  })
  return { db, clock, address, closeFirst: (close) => void closers.push(close) }
}

/** A database whose owner may not make roles, as on some managed services. */
export async function databaseWithoutRoles(): Promise<{ poor: Db; close(): Promise<void> }> {
  const { socketDir, port, user } = await findCluster()
  const name = `poor_${randomBytes(6).toString('hex')}`
  const admin = connect({ socketDir, port, user, database: 'beckon' }, { max: 1 })
  await admin.unsafe(`create role ${name} login`)
  await admin.unsafe(`grant ${name} to current_user`)
  await admin.unsafe(`create database ${name} owner ${name}`)
  const address = { socketDir, port, user: name, database: name }
  const owner = connect(address, { max: 1 })
  await migrate(owner)
  await owner.end()
  const poor = await openDb(address, { connections: 4, clock: new TestClock() })
  return {
    poor,
    close: async () => {
      await poor.close()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.unsafe(`drop role ${name}`)
      await admin.end()
    },
  }
}
