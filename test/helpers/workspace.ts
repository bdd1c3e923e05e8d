/** Makes a workspace, named as its tests need it. */
import { randomBytes } from 'node:crypto'
import { uuid7 } from '../../src/lib/uuid7.ts'
import type { TestDatabase } from './database.ts'

/** Answers its id. */
export async function addWorkspace(
  { db, clock }: Pick<TestDatabase, 'db' | 'clock'>,
  slug: string,
  { defaultCountry = null }: { defaultCountry?: string | null } = {},
): Promise<string> {
  const id = uuid7()
  await db.engine`
    insert into workspaces (id, slug, name, default_country, pepper, created_at)
    values (${id}, ${slug}, ${slug}, ${defaultCountry}, ${randomBytes(32)}, ${clock.now()})
  `
  return id
}
