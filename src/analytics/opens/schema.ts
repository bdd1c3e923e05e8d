/** Document 000's answers, field for field. */
import { z } from 'zod'
import type { Lead, LoggedOpen, Opens } from './store.ts'

const Instant = z.iso.datetime()
const count = z.number().int()

export const Source = z
  .enum(['close', 'all'])
  .default('close')
  .meta({ description: 'Opens of mail sent from Close, or of every connected source.' })

export const Query = z.strictObject({ source: Source })

export const OpenCounts = {
  opens: count.meta({ description: 'All of them, machines included, as in `total_opens`.' }),
  human_opens: count.meta({ description: 'Those by people.' }),
}

export const openCounts = ({ opens, humanOpens }: Opens) => ({ opens, human_opens: humanOpens })

export const Summary = z.object({
  time_zone: z.string(),
  total_opens: count,
  unique_emails: count,
  unique_leads: count,
  opens_today: count,
  machine_opens: count,
  last_open_at: Instant.nullable(),
})

export const LogRow = z.object({
  id: count,
  email_id: z.string(),
  lead_id: z.string().nullable(),
  lead_name: z.string().nullable(),
  subject: z.string().nullable(),
  recipient: z.string().nullable(),
  opens_count: count,
  opened_at: Instant,
  notified_at: Instant.nullable(),
})

export const TopLead = z.object({
  lead_id: z.string(),
  lead_name: z.string().nullable(),
  opens_count: count,
  emails: count,
  last_opened_at: Instant.nullable(),
})

export const Engagement = z.object({
  emails_sent: count,
  emails_opened: count,
  open_rate: z.number().nullable(),
  avg_opens_per_email: z.number().nullable(),
  avg_opens_per_lead: z.number().nullable(),
  reply_count: count,
  response_rate: z.number().nullable(),
  median_minutes_to_open: count.nullable(),
})

export function logRow(row: LoggedOpen): z.infer<typeof LogRow> {
  return {
    id: row.id,
    email_id: row.emailId,
    lead_id: row.leadId,
    lead_name: row.leadName,
    subject: row.subject,
    recipient: row.recipient,
    opens_count: row.opensCount,
    opened_at: row.openedAt.toISOString(),
    notified_at: row.notifiedAt?.toISOString() ?? null,
  }
}

export function topLead(row: Lead): z.infer<typeof TopLead> {
  return {
    lead_id: row.leadId,
    lead_name: row.leadName,
    opens_count: row.opens,
    emails: row.emails,
    last_opened_at: row.lastOpenedAt?.toISOString() ?? null,
  }
}
