/** `beckon work --once`: does what is due and ends, for schedulers that start processes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startApp } from '../app.ts'
import { connect } from '../db/db.ts'
import { type Context, logOf, openToolGround, settingsOf } from './context.ts'
import type { Flags } from './output.ts'
import { runTool } from './tool.ts'
import { isWorkDue } from './work.store.ts'

const LOOK_MS = 1_500 // longer than jobs are looked for, so that a follow-up is seen by the second look
const QUIET_LOOKS = 2

export function workOnce(context: Context, flags: Flags): Promise<void> {
  return runTool(flags, async (out) => {
    const config = settingsOf(context)
    const log = logOf(config)
    for (const warning of config.warnings) log.warn(warning)
    const ground = await openToolGround(config)
    const { address } = ground
    const stopping = new AbortController()
    const stop = () => stopping.abort()
    process.once('SIGINT', stop).once('SIGTERM', stop)
    try {
      const { version } = context
      const app = await startApp({ config, address, log, version, roles: ['work'] })
      const owner = connect(address, { max: 1 })
      try {
        for (let quiet = 0; quiet < QUIET_LOOKS && !stopping.signal.aborted; ) {
          await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => {})
          quiet = (await isWorkDue(app.db, owner)) ? 0 : quiet + 1
        }
      } finally {
        await owner.end({ timeout: 1 })
        await app.stop()
      }
      out.note('Nothing is due any more.')
    } finally {
      await ground.close()
    }
  })
}
