/** `beckon migrate`: what `alembic upgrade head` was to others. Run by every start as well. */
import { migrateAs } from '../app/migrateAs.ts'
import { type Context, logOf, openGround, settingsOf } from './context.ts'

export async function migrateOnly(context: Context): Promise<void> {
  const config = settingsOf(context)
  const log = logOf(config)
  const ground = await openGround(config, log)
  try {
    const applied = await migrateAs(ground.address, log, config)
    console.log(
      applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.',
    )
  } finally {
    await ground.close()
  }
}
