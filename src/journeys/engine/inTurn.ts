/**
 * One transaction after the other. A transaction of journeys may need a second connection, for a
 * directory that has to look something up; were all connections of the pool in such transactions, they
 * would wait for each other for ever.
 */
import type { TransactionSql } from 'postgres'
import type { Db } from '../../db/db.ts'

export type InTurn = <T>(work: (tx: TransactionSql) => Promise<T>) => Promise<T>

export function createInTurn({ engine }: Db): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(() => engine.begin(work)) as ReturnType<typeof work>
    last = mine.catch(() => undefined)
    return mine
  }
}
