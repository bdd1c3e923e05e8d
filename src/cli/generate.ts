/** `beckon generate`: files made from the code, and the check that they are up to date. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pino } from 'pino'
import { startApp } from '../app.ts'
import { envExample } from '../config/variables.ts'
import { readConfig } from '../config.ts'
import { connect } from '../db/db.ts'
import { dumpSchema } from '../db/dumpSchema.ts'
import { startEmbedded } from '../db/embedded.ts'
import { codes } from '../errors.ts'
import { loadRecipes } from '../journeys/recipes/recipe.ts'
import { withTables } from '../journeys/recipes/variables.ts'
import type { Context } from './context.ts'

const root = join(import.meta.dirname, '../..')

/** Throws when `check` finds a file that differs. */
export async function generate(context: Context, check: boolean): Promise<void> {
  const files: Record<string, string> = {
    '.env.example': envExample(),
    'docs/errors.md': errorsPage(),
    'docs/recipes.md': withTables(
      await readFile(join(root, 'docs/recipes.md'), 'utf8'),
      loadRecipes(),
    ),
    ...(await fromRunning(context)),
  }
  const stale: string[] = []
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name)
    const before = await readFile(path, 'utf8').catch(() => '')
    if (before === text) continue
    stale.push(name)
    if (check) continue
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  if (check && stale.length > 0)
    throw new Error(`Out of date: ${stale.join(', ')}. Run \`bin/beckon generate\` and commit.`)
  console.log(
    stale.length > 0 ? `Written: ${stale.join(', ')}.` : 'All generated files are up to date.',
  )
}

function errorsPage(): string {
  const rows = Object.entries(codes).map(
    ([code, [status, message]]) => `## ${code}\n\n${status}. ${message}\n`,
  )
  return `# Errors\n\nEvery error is \`application/problem+json\` (RFC 9457) with one of these codes. Generated from src/errors.ts.\n\n${rows.join('\n')}`
}

/** What only a running server and a migrated database know. */
async function fromRunning(context: Context): Promise<Record<string, string>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-generate-'))
  const embedded = await startEmbedded({ dataDir })
  try {
    const { socketDir, port, database, user } = embedded
    const address = { socketDir, port, database, user }
    const config = readConfig({
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: '0',
      API_DOCS: 'public',
      PUBLIC_URL: 'http://localhost:8000',
    })
    const app = await startApp({
      config,
      address,
      log: pino({ level: 'silent' }),
      roles: ['serve'],
      version: context.version,
    })
    const reply = await fetch(`${app.url}/api/openapi.json`)
    const openapi = `${JSON.stringify(await reply.json(), null, 2)}\n`
    await app.stop()
    const owner = connect(address, { max: 1 })
    const schema = await dumpSchema(owner)
    await owner.end()
    return { 'schema.sql': schema, 'docs/openapi.json': openapi }
  } finally {
    await embedded.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
