/** What contacts leave to the queue. */
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { enqueue } from '../jobs/enqueue.ts'
import type { Handler, Schedule } from '../jobs/jobs.ts'
import { listUnfinished } from './imports.store.ts'
import { IMPORT_JOB, runImport } from './runImport.ts'

const importData = z.object({ workspace_id: z.uuid(), import_id: z.uuid() })

const RESUME_JOB = 'contacts.resume_imports'
const STALE_MS = 3_600_000 // an import that is older and not done has perhaps lost its job

export const contactSchedules: readonly Schedule[] = [{ name: RESUME_JOB, everySeconds: 3_600 }]

export function contactJobs(db: Db): Record<string, Handler> {
  return {
    [IMPORT_JOB]: async (data, signal) => {
      const { workspace_id: workspaceId, import_id: id } = importData.parse(data)
      await runImport(db, { workspaceId, id }, signal)
    },
    // Harmless when the import is running: its position lets one worker pass.
    [RESUME_JOB]: async () => {
      const before = new Date(db.clock.now().getTime() - STALE_MS)
      for (const { workspaceId, id } of await listUnfinished(db.engine, before)) {
        await enqueue(db.engine, IMPORT_JOB, { workspace_id: workspaceId, import_id: id })
      }
    },
  }
}
