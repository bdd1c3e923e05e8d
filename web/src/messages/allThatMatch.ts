/** The ids of a list's messages, beyond what is on the screen. */
import { get } from '../lib/api.ts'

const MOST = 1_000 // messages; who means more narrows the filters, or uses the API
const PAGE = 100

export async function allThatMatch(filters: Readonly<Record<string, string>>): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ids.length < MOST; ) {
    const query = { ...filters, limit: PAGE, ...(cursor ? { cursor } : {}) }
    const page = await get('/notifications', { query })
    ids.push(...page.data.map(({ id }) => id))
    if (!page.has_more || !page.next_cursor) break
    cursor = page.next_cursor
  }
  return ids
}
