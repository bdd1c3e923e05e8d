/** Forgets sessions, links and lockouts that are over. For a job, once an hour. */
import type { Db } from '../db/db.ts'
import { deletePastAttempts } from './login/attempts.store.ts'
import { deletePastSessions } from './login/sessions.store.ts'
import { deletePastLinks } from './members/links.store.ts'

/** Answers how many rows went. */
export async function forgetPast(db: Db): Promise<number> {
  const now = db.clock.now()
  const sessions = await deletePastSessions(db.engine, now)
  const links = await deletePastLinks(db.engine, now)
  return sessions + links + (await deletePastAttempts(db.engine, now))
}
