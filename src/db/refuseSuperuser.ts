/** A superuser walks through row level security, so production does not run as one unless told to. */
import type postgres from 'postgres'

export async function refuseSuperuser(
  sql: postgres.Sql,
  config: { readonly ENVIRONMENT: string; readonly ALLOW_SUPERUSER: boolean },
): Promise<void> {
  if (config.ENVIRONMENT !== 'production' || config.ALLOW_SUPERUSER) return
  const [row] = await sql<
    { rolsuper: boolean }[]
  >`select rolsuper from pg_roles where rolname = current_user`
  if (!row?.rolsuper) return
  throw new Error(
    'DATABASE_URL connects as a superuser. Make a role of its own (create role beckon login createrole; alter database … owner to beckon), or set ALLOW_SUPERUSER=true.',
  )
}
