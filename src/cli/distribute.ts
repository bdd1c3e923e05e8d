/** `beckon db distribute`: the same schema on a Citus cluster, each workspace on one of its nodes. */
import { migrateAs } from '../app/migrateAs.ts'
import { connect } from '../db/db.ts'
import { distribute, planDistribution } from '../db/distribute.ts'
import { AppError } from '../errors.ts'
import { type Context, openToolGround, settingsOf } from './context.ts'
import type { Flags } from './output.ts'
import { runTool, silent } from './tool.ts'

export function distributeDatabase(
  context: Context,
  flags: Flags,
  { print }: { print?: boolean },
): Promise<void> {
  return runTool(flags, async (out) => {
    const config = settingsOf(context)
    const ground = await openToolGround(config)
    const owner = connect(ground.address, { max: 1 })
    try {
      if (!ground.beside) await migrateAs(ground.address, silent, config)
      if (print) {
        const { statements } = await planDistribution(owner)
        out.result(statements, () => ['begin', ...statements, 'commit'].join(';\n').concat(';'))
        return
      }
      const done = await distribute(owner)
      if (!done)
        throw new AppError(
          'conflict',
          'This database is not Citus. Set DATABASE_URL to a coordinator on which `create extension citus` was done (Citus 12 or newer), or see the statements with --print.',
        )
      out.result(
        done,
        () => `Distributed by workspace: ${done.statements} statements on Citus ${done.version}.`,
      )
    } finally {
      await owner.end({ timeout: 2 })
      await ground.close()
    }
  })
}
