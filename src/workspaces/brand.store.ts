/** A workspace's brand in the database. */
import type { Sql } from '../db/db.ts'

export interface Brand {
  readonly color: string | null
  readonly logo: string | null
}

/** Of a workspace that is there. */
export async function findBrand(sql: Sql, id: string): Promise<Brand> {
  const [brand] = await sql<[Brand]>`
    select brand_color as color, logo from workspaces where id = ${id}
  `
  return brand
}

export async function updateBrand(sql: Sql, id: string, { color, logo }: Brand): Promise<void> {
  await sql`update workspaces set brand_color = ${color}, logo = ${logo} where id = ${id}`
}
