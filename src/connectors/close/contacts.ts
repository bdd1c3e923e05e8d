/**
 * All contacts of Close, for whoever wants them here: https://developer.close.com/api/resources/contacts. They
 * are listed in pages, once a day; a pass that was interrupted goes on where it was.
 */
import { z } from 'zod'
import type { ContactRecord, Page } from '../connector.ts'
import { mapped } from '../mapping.ts'
import { type Context, call, timeOf } from './api.ts'

const PAGE = 100 // contacts

const text = z.string().nullish().catch(null)
const Contact = z
  .object({
    ...{ id: z.string(), name: text, title: text, lead_id: text, timezone: text },
    date_updated: text,
    emails: z.array(z.object({ email: z.string() })).catch([]),
    phones: z.array(z.object({ phone: z.string() })).catch([]),
  })
  .loose() // custom fields: `custom.cf_…`
const Listed = z.object({
  data: z.array(z.unknown()),
  has_more: z.boolean().catch(false),
  total_results: z.int().optional().catch(undefined),
})
const Cursor = z.object({ skip: z.int().min(0) })

export async function* pullContacts(cursor: unknown, ctx: Context): AsyncIterable<Page> {
  let skip = Cursor.safeParse(cursor).data?.skip ?? 0
  for (;;) {
    const query = { _limit: String(PAGE), _skip: String(skip) }
    const listed = Listed.parse(await call(ctx, '/contact/', { query }))
    skip += listed.data.length
    const isLast = !listed.has_more || listed.data.length === 0
    const { total_results: total } = listed
    yield {
      records: listed.data.flatMap((each) => recordOf(each, ctx)),
      cursor: { skip: isLast ? 0 : skip },
      ...(total === undefined ? {} : { of: total }),
    }
    if (isLast) return
  }
}

function recordOf(told: unknown, { settings }: Context): ContactRecord[] {
  const contact = Contact.safeParse(told).data
  if (!contact) return []
  const { id, emails, phones, date_updated: updated, ...rest } = contact
  const values = { ...rest, email: emails[0]?.email, phone: phones[0]?.phone }
  return [
    {
      ...{ kind: 'contact', source: 'close', externalId: id, changedAt: timeOf(updated) },
      ...mapped(values, settings.contact_fields),
    },
  ]
}
