/** `beckon config print`: the settings as they are understood, without their secrets. */
import { type Context, settingsOf } from './context.ts'
import type { Flags } from './output.ts'
import { runTool } from './tool.ts'

const SECRET = /KEY|SECRET|PASSWORD|TOKEN|WEBHOOK_URL|SERVICE_ACCOUNT/
const HIDDEN = '[hidden]'

export function printConfig(context: Context, flags: Flags): Promise<void> {
  return runTool(flags, async (out) => {
    const { warnings, ...config } = settingsOf(context)
    const shown = Object.fromEntries(
      Object.entries(config)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => [name, redacted(name, value)]),
    )
    for (const warning of warnings) out.note(warning)
    out.result(shown, () =>
      Object.entries(shown)
        .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : (value ?? '')}`)
        .join('\n'),
    )
  })
}

function redacted(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (SECRET.test(name)) return HIDDEN
  return value.replace(/^([a-z][\w+.-]*:\/\/[^:@/\s]*):[^@\s]*@/i, `$1:${HIDDEN}@`)
}
