/**
 * Puts a backed-up cluster in the place of the present one. The copy is recovered and
 * prepared beside it first, so that what takes the place is known to start; what was there
 * is kept aside.
 */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { copyTree, exists } from './copyTree.ts'
import type { DatabaseAddress } from './db.ts'
import { dataFolder, startEmbedded } from './embedded.ts'
import { chooseRunner, findBinaries } from './embeddedBinaries.ts'
import { removeOwner, waitForOwner, writeOwner } from './owner.ts'
import { findPostmaster } from './postmaster.ts'

const PARTS = ['postgres', 'secrets'] // what a backup replaces

/** `prepare` runs on the restored database before anybody else sees it. */
export async function restoreCluster(
  options: { dataDir: string; from: string; now: Date },
  prepare: (address: DatabaseAddress) => Promise<void>,
): Promise<{ aside: string | null }> {
  const folder = await dataFolder(options.dataDir)
  await waitForOwner(folder, 0)
  if (await findPostmaster(join(folder, 'postgres'))) {
    throw new Error(
      `The database in ${folder} still runs without its server. Start and stop Beckon once, then restore.`,
    )
  }
  await chooseRunner(await findBinaries(), folder) // gives the folder to whom PostgreSQL runs as
  await writeOwner(folder) // no server starts meanwhile
  const draft = await mkdtemp(join(folder, 'restore-'))
  try {
    for (const part of PARTS) {
      if (await exists(join(options.from, part)))
        await copyTree(join(options.from, part), join(draft, part))
    }
    await prepareDraft(draft, prepare)
    const aside = await takePlace(folder, draft, options.now)
    if (await exists(join(options.from, 'spool'))) {
      await copyTree(join(options.from, 'spool'), join(folder, 'spool'))
    }
    return { aside }
  } finally {
    await rm(draft, { recursive: true, force: true })
    await removeOwner(folder)
  }
}

async function prepareDraft(draft: string, prepare: (address: DatabaseAddress) => Promise<void>) {
  const { socketDir, port, database, user, stop } = await startEmbedded({ dataDir: draft })
  try {
    await prepare({ socketDir, port, database, user })
  } finally {
    await stop()
  }
}

/** Answers where what was there before is now; null when nothing was. */
async function takePlace(folder: string, draft: string, now: Date): Promise<string | null> {
  const aside = join(folder, `before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`)
  let kept = false
  for (const part of PARTS) {
    if (!(await exists(join(draft, part)))) continue
    if (await exists(join(folder, part))) {
      await mkdir(aside, { recursive: true, mode: 0o700 })
      await rename(join(folder, part), join(aside, part))
      kept = true
    }
    await rename(join(draft, part), join(folder, part))
  }
  return kept ? aside : null
}
