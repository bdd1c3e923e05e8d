/** The name of a lead. An alert does not wait for it: without an answer it names the id. */
import { z } from 'zod'
import { type Context, call } from './api.ts'

const HOURS = 24
const FAILED_HOURS = 1 / 12 // before a failed look-up is tried again
const Lead = z.object({
  display_name: z.string().nullish().catch(null),
  name: z.string().nullish().catch(null),
})

export async function leadName(leadId: string, ctx: Context): Promise<string | null> {
  const key = `lead/${leadId}`
  const known = ctx.memory.get(key)
  if (known !== undefined) return known || null
  try {
    const answer = await call(ctx, `/lead/${encodeURIComponent(leadId)}/`, {
      query: { _fields: 'id,display_name,name' },
    })
    const lead = Lead.safeParse(answer).data
    const name = lead?.display_name || lead?.name || null
    ctx.memory.set(key, name ?? '', HOURS)
    return name
  } catch (error) {
    ctx.log.warn({ err: error, vendor: 'close', lead_id: leadId }, 'a lead could not be looked up')
    ctx.memory.set(key, '', FAILED_HOURS)
    return null
  }
}
