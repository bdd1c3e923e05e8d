/**
 * `beckon backup` and `beckon restore`: the embedded database with its secrets, in a folder.
 * The manifest is written last: a folder without it is no backup.
 */
import { mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { migrateAs } from '../app/migrateAs.ts'
import type { Config } from '../config.ts'
import { backupCluster } from '../db/backupCluster.ts'
import { copyTree, exists } from '../db/copyTree.ts'
import { connect, type DatabaseAddress } from '../db/db.ts'
import { restoreCluster } from '../db/restoreCluster.ts'
import { AppError, invalid } from '../errors.ts'
import { type Context, openToolGround, settingsOf } from './context.ts'
import { hasWorker } from './ground.store.ts'
import type { Flags, Output } from './output.ts'
import { type HeldBack, holdRestored } from './restored.ts'
import { runTool, silent } from './tool.ts'

const MANIFEST = 'beckon-backup.json'
const MEGABYTE = 1024 * 1024

const Manifest = z.object({
  format: z.literal(1),
  version: z.string(),
  made_at: z.iso.datetime(),
  /** True: ENCRYPTION_KEY came from the environment and is not in here. */
  key_elsewhere: z.boolean(),
})

/** Works while a server runs on the same data. */
export function backup(context: Context, flags: Flags, folder: string): Promise<void> {
  return runTool(flags, async (out) => {
    const config = settingsOf(context)
    if (config.DATABASE_URL !== undefined) throw notEmbedded(DUMP)
    const target = resolve(folder)
    await requireEmpty(target)
    const source = await realpath(config.DATA_DIR).catch(() => '')
    if (!(await exists(join(source, 'postgres', 'PG_VERSION'))))
      throw new AppError('not_found', `There is no database in ${config.DATA_DIR} yet.`)
    const ground = await openToolGround(config)
    try {
      const { socketDir = '', port = 0 } = ground.address // always given of the embedded one
      const cluster = join(source, 'postgres')
      out.progress('Copying the database …')
      const bytes = await backupCluster({ socketDir, port }, cluster, join(target, 'postgres'))
      for (const part of ['secrets', 'spool']) {
        if (await exists(join(source, part))) {
          const whole = (path: string) => !path.endsWith('.part')
          await copyTree(join(source, part), join(target, part), whole)
        }
      }
      const manifest = await sign(context, config, target)
      tellBackup(out, { target, bytes, manifest })
    } finally {
      await ground.close()
    }
  })
}

async function sign({ version }: Context, config: Config, target: string) {
  const manifest: z.infer<typeof Manifest> = {
    ...{ format: 1, version, made_at: new Date().toISOString() },
    key_elsewhere: config.ENCRYPTION_KEY !== undefined,
  }
  const text = `${JSON.stringify(manifest, null, 2)}\n`
  await writeFile(join(target, MANIFEST), text, { mode: 0o600, flush: true })
  return manifest
}

function tellBackup(
  out: Output,
  made: { target: string; bytes: number; manifest: z.infer<typeof Manifest> },
) {
  if (made.manifest.key_elsewhere)
    out.note('ENCRYPTION_KEY is set in the environment and not part of the backup. Keep it too.')
  out.result(
    { folder: made.target, bytes: made.bytes, ...made.manifest },
    () =>
      `The backup is in ${made.target} (${Math.ceil(made.bytes / MEGABYTE)} MB). It holds secrets: keep it closed.`,
  )
}

/** Keeps what was there before aside. */
export function restore(
  context: Context,
  flags: Flags,
  folder: string,
  options: { yes?: boolean },
): Promise<void> {
  return runTool(flags, async (out) => {
    const config = settingsOf(context)
    if (config.DATABASE_URL !== undefined) throw notEmbedded(UNDUMP)
    const from = resolve(folder)
    const manifest = await readManifest(from)
    if (options.yes !== true) {
      throw new AppError(
        'conflict',
        `This puts the data of ${manifest.made_at} in the place of what is in ${config.DATA_DIR}. Add --yes to do it.`,
      )
    }
    const now = new Date()
    let heldBack: HeldBack = { held: 0, unknown: 0, runs: 0, schedules: 0, events: 0 }
    out.progress('Restoring …')
    const place = { dataDir: config.DATA_DIR, from, now }
    const { aside } = await restoreCluster(place, async (address) => {
      await migrateAs(address, silent, config)
      heldBack = await holdRestored(address, now)
    })
    if (manifest.key_elsewhere && config.ENCRYPTION_KEY === undefined)
      out.note('The backup was made with ENCRYPTION_KEY set. Set it again before you start.')
    const answer = { restored: manifest.made_at, data_dir: config.DATA_DIR, kept_aside: aside }
    out.result({ ...answer, ...heldBack }, () => tellRestore(answer, heldBack))
  })
}

function tellRestore(
  answer: { restored: string; kept_aside: string | null },
  heldBack: HeldBack,
): string {
  const lines = [`Restored the data of ${answer.restored}.`]
  if (answer.kept_aside) lines.push(`What was there before is in ${answer.kept_aside}.`)
  if (isAnyHeld(heldBack)) lines.push(heldLine(heldBack))
  if (heldBack.unknown > 0)
    lines.push(`${heldBack.unknown} messages were on their way then and are unknown now.`)
  return lines.join('\n')
}

const isAnyHeld = ({ held, runs, schedules, events }: HeldBack) =>
  held + runs + schedules + events > 0

const heldLine = ({ held, runs, schedules, events }: HeldBack) =>
  `${held} messages, ${runs} runs and ${schedules} schedules of journeys were due, and ${events} events were not reacted to. All that may have happened since: it is held. \`beckon redrive --status restored --yes\` lets it go, with --drop it ends it.`

/** For databases that were restored by other means, before a server starts on them. */
export function holdAfterRestore(
  context: Context,
  flags: Flags,
  options: { yes?: boolean },
): Promise<void> {
  return runTool(flags, async (out) => {
    const config = settingsOf(context)
    if (options.yes !== true)
      throw new AppError('conflict', 'This holds every message that is due. Add --yes to do it.')
    const ground = await openToolGround(config)
    try {
      await migrateAs(ground.address, silent, config)
      await requireNoWorker(ground.address)
      const heldBack = await holdRestored(ground.address, new Date())
      out.result(heldBack, () => (isAnyHeld(heldBack) ? heldLine(heldBack) : 'Nothing was due.'))
    } finally {
      await ground.close()
    }
  })
}

async function requireNoWorker(address: DatabaseAddress): Promise<void> {
  const sql = connect(address, { max: 1 })
  try {
    if (await hasWorker(sql))
      throw new AppError('conflict', 'A server runs and sends. Stop it first.')
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function requireEmpty(target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 })
  if ((await readdir(target)).length > 0)
    throw invalid('/folder', `${target} is not empty. Name a new folder.`)
}

async function readManifest(from: string): Promise<z.infer<typeof Manifest>> {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(from, MANIFEST), 'utf8')))
  } catch {
    throw invalid('/folder', `${from} is no finished backup: it has no readable ${MANIFEST}.`)
  }
}

const DUMP =
  'pg_dump --format=custom --file=beckon.dump "$DATABASE_URL", and keep ENCRYPTION_KEY or DATA_DIR/secrets with it.'
const UNDUMP =
  'pg_restore --clean --if-exists --dbname="$DATABASE_URL" beckon.dump, then `beckon hold-restored --yes` before a server starts, so that nothing is sent twice.'

function notEmbedded(command: string): AppError {
  return new AppError(
    'conflict',
    `DATABASE_URL names a PostgreSQL of your own. Use its tools: ${command}`,
  )
}
