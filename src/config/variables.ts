/**
 * Everything the environment may say: each setting's name, what it may be, what it is for. .env.example is generated
 * from this schema; `bin/check` fails if it drifts.
 */
import proxyAddr from '@fastify/proxy-addr'
import { z } from 'zod'
import { isTimeZone } from '../lib/zone.ts'
import '../lib/words.ts'

/** Not z.coerce.boolean(), which reads the string "false" as true. */
const flag = z.stringbool({
  truthy: ['true', '1', 'yes', 'on'],
  falsy: ['false', '0', 'no', 'off'],
})
const logLevels = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'fatal',
  fatal: 'fatal',
} as const
/** An hour or a time of day; 24 is midnight. */
const clock = z
  .string()
  .regex(/^(?:\d|[01]\d|2[0-3])(?::[0-5]\d)?$|^24(?::00)?$/, 'not an hour, such as 8 or 08:30')
  .optional()

export const partsOf = (list: string) =>
  list
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

function areProxies(list: string): boolean {
  try {
    proxyAddr.compile(partsOf(list))
    return true
  } catch {
    return false
  }
}

export const Variables = z.object({
  ENVIRONMENT: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe(
      'Sets the defaults of API_DOCS, LOG_FORMAT and ERROR_DETAIL; production also refuses placeholders and a superuser of the database.',
    ),
  HOST: z.string().default('0.0.0.0').describe('Address to listen on.'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8000)
    .describe('HTTP port; 0 takes a free one.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Where people and vendors reach us: tracked links, callbacks. Default: http://localhost:PORT, with a warning.',
    ),
  DATABASE_URL: z
    .string()
    .optional()
    .describe('PostgreSQL 15 or newer. Unset: an embedded PostgreSQL in DATA_DIR.'),
  DATABASE_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(2)
    .max(200)
    .default(16)
    .describe('Database connections of one process, shared between requests and engine.'),
  DATA_DIR: z.string().default('data').describe('Embedded database, secrets, spool.'),
  ALLOW_SUPERUSER: flag
    .default(false)
    .describe('Let production use a superuser connection to PostgreSQL.'),
  SERVICE_NAME: z
    .string()
    .optional()
    .describe('Name shown by GET / and in mail pages. Default: Beckon.'),
  LOG_LEVEL: z
    .string()
    .default('info')
    .transform((level) => level.toLowerCase())
    .pipe(z.enum(Object.keys(logLevels) as [keyof typeof logLevels]))
    .transform((level) => logLevels[level])
    .describe('debug, info, warn(ing), error or critical, in any case.'),
  LOG_FORMAT: z
    .enum(['json', 'pretty'])
    .optional()
    .describe('Default: pretty in development on a terminal, else json.'),
  LOG_PII: flag.default(false).describe('Write addresses and phone numbers to the log unmasked.'),
  ERROR_DETAIL: flag
    .optional()
    .describe('Show the cause of internal errors in answers. Default: only in development.'),
  API_DOCS: z
    .enum(['public', 'login', 'off'])
    .optional()
    .describe('Who sees /api/docs/. Default: public in development, login in production.'),
  TRUST_PROXY: z
    .string()
    .refine(areProxies, 'not addresses or ranges of them, such as 10.0.0.0/8,192.168.1.7')
    .optional()
    .describe('Addresses or CIDR ranges, comma-separated, whose X-Forwarded-For is believed.'),
  ENCRYPTION_KEY: z
    .string()
    .optional()
    .describe(
      'Encrypts settings of senders. Default: made once in DATA_DIR/secrets. Do not change it.',
    ),
  JWT_SECRET_KEY: z
    .string()
    .optional()
    .describe('Signs tokens of /api/client/login. Default: made once in DATA_DIR/secrets.'),
  JWT_ALGORITHM: z
    .literal('HS256', { error: 'only HS256 is supported' })
    .default('HS256')
    .describe('Only HS256.'),
  OREE_API_KEY: z
    .string()
    .optional()
    .describe(
      'A key of the whole instance, at least 16 characters; acts for the default workspace.',
    ),
  ADMIN_EMAIL: z
    .email()
    .optional()
    .describe('Creates the owner on first start, with ADMIN_PASSWORD.'),
  ADMIN_PASSWORD: z
    .string()
    .min(12, 'at least 12 characters')
    .optional()
    .describe('The password of that owner, at least 12 characters.'),
  SESSION_IDLE_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(30)
    .describe('A session of the dashboard ends after so many idle minutes.'),
  TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'not an IANA time zone, such as Europe/Berlin')
    .describe('Zone of the default workspace (IANA).'),
  DEFAULT_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'two capital letters (ISO 3166-1), such as IL')
    .optional()
    .describe('Country of phone numbers written without one.'),
  DNS_SERVERS: z
    .string()
    .default('')
    .refine(
      (text) => partsOf(text).every((each) => /^(?:[\d.]+|\[[\da-f:]+\])(?::\d+)?$/i.test(each)),
      'not addresses, such as 9.9.9.9 or 127.0.0.1:5353',
    )
    .transform(partsOf)
    .describe(
      'Name servers for the check of senders’ domains and for NETWORK_LOOKUPS, comma-separated. Default: those of the system.',
    ),
  NETWORK_LOOKUPS: flag
    .default(false)
    .describe(
      'Look up in whose network (ASN) and under which name (reverse DNS) opens and clicks come, so that more scanners are told from people. Tells the name servers and Team Cymru’s zone the networks, and who answers for an address that address.',
    ),
  SMTP_URL: z
    .string()
    .optional()
    .describe('smtp://user:password@host:587 or smtps://…; ?connections=10. A real email sender.'),
  EMAIL_FROM: z
    .string()
    .optional()
    .describe('From address of that sender: team@example.com or Team <team@example.com>.'),
  DISCORD_WEBHOOK_URL: z
    .string()
    .optional()
    .describe('Discord channel webhook: a real Discord sender.'),
  DISCORD_BASE_URL: z
    .url()
    .optional()
    .describe('Replaces https://discord.com/api/v10, for every sender that names no other.'),
  SLACK_WEBHOOK_URL: z.string().optional().describe('Slack incoming webhook: a real Slack sender.'),
  SLACK_BASE_URL: z
    .url()
    .optional()
    .describe('Replaces https://slack.com/api, for every sender that names no other.'),
  TEAMS_WEBHOOK_URL: z.string().optional().describe('Teams Workflows URL: a real Teams sender.'),
  CONTENT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .default(45)
    .describe('How long content given with a message is kept.'),
  EVENT_RETENTION_MONTHS: z.coerce
    .number()
    .int()
    .min(1)
    .default(24)
    .describe('How long events are kept.'),
  CALLBACK_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .default(45)
    .describe('How long callbacks of vendors are kept once they are processed.'),
  REQUEST_LOG_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(90)
    .default(7)
    .describe(
      'How long requests to the API are kept for its log, with what messages said. Never longer than CONTENT_RETENTION_DAYS. 0: none are.',
    ),
  CLOSEIO_API_KEY: z
    .string()
    .optional()
    .describe('API key of Close, best an admin’s. Switches the recipe close-open-alert on.'),
  CLOSEIO_WEBHOOK_SIGNATURE_KEY: z
    .string()
    .regex(/^(?:[0-9a-fA-F]{2})+$/, 'not a signature key of Close, which is hexadecimal')
    .optional()
    .describe('signature_key of a webhook subscription made by hand; ours brings its own.'),
  CLOSEIO_BASE_URL: z
    .url()
    .optional()
    .describe('Replaces https://api.close.com/api/v1, for every connection that names no other.'),
  POLLING_ENABLED: flag
    .default(true)
    .describe('Poll the event log of Close; webhooks work beside it.'),
  POLLING_INTERVAL_SECONDS: z.coerce
    .number()
    .int()
    .min(10)
    .max(86_400)
    .default(300)
    .describe('Seconds between two polls of Close.'),
  CACHE_RETENTION_HOURS: z.coerce
    .number()
    .min(0)
    .max(24 * 365)
    .default(24)
    .describe('How long known opens stay in memory. No value makes a duplicate.'),
  MONDAY_API_KEY: z
    .string()
    .optional()
    .describe('API token of monday.com. With the next four it switches monday-whatsapp on.'),
  MONDAY_BOARD_ID: z
    .string()
    .regex(/^\d{1,20}$/, 'not the number of a board, as its address has it')
    .optional()
    .describe('The board whose new items are leads.'),
  MONDAY_PHONE_COLUMN_ID: z
    .string()
    .optional()
    .describe('Column of the phone number. Default: the one of the type Phone.'),
  MONDAY_NAME_COLUMN_ID: z
    .string()
    .optional()
    .describe('Column of the lead’s name. Default: the name of the item.'),
  MONDAY_STATUS_COLUMN_ID: z
    .string()
    .optional()
    .describe('Column of the status. Default: the one that holds our labels, else the only one.'),
  MONDAY_MAX_AGE_HOURS: z.coerce
    .number()
    .positive()
    .max(24 * 30)
    .optional()
    .describe('Hours for which an item counts as new. Default: 24.'),
  MONDAY_WEBHOOK_SECRET: z
    .string()
    .optional()
    .describe('When set, only webhooks to /webhook/monday?secret=… are taken.'),
  MONDAY_SIGNING_SECRET: z
    .string()
    .optional()
    .describe('Signing secret of the app whose webhooks are used, when they are signed.'),
  MONDAY_BASE_URL: z
    .url()
    .optional()
    .describe('Replaces https://api.monday.com/v2, for every connection that names no other.'),
  META_API_TOKEN: z.string().optional().describe('Token of a Meta system user, for WhatsApp.'),
  META_PHONE_ID: z
    .string()
    .regex(/^\d{1,20}$/, 'not the id of a phone number, which is digits only')
    .optional()
    .describe('Id of the WhatsApp phone number.'),
  META_APP_SECRET: z
    .string()
    .optional()
    .describe('Proves that what comes to /webhook/meta is Meta’s. Without it nothing is checked.'),
  META_BASE_URL: z
    .url()
    .optional()
    .describe('Replaces https://graph.facebook.com, for every sender that names no other.'),
  ADMIN_SECRET: z.string().optional().describe('The verify token of Meta’s webhook.'),
  ALERT_REPEAT_OPENS: z
    .enum(['edit', 'new', 'none'])
    .optional()
    .describe('Recipe close-open-alert, an email opened again: edit (default), new or none.'),
  ALERT_EDIT_MINUTES: z.coerce
    .number()
    .min(0)
    .optional()
    .describe('How long an alert is edited instead of repeated. Default: 30.'),
  ALERT_MACHINE_OPENS: flag
    .optional()
    .describe('Alert opens that are clearly a machine’s too. Default: false.'),
  WELCOME_TEXT: z
    .string()
    .optional()
    .describe('Recipe monday-whatsapp: the welcome; {name} becomes the lead’s name.'),
  FOLLOWUP_TEXT: z.string().optional().describe('The follow-up; {name} becomes the lead’s name.'),
  FOLLOWUP_DELAY_HOURS: z.coerce
    .number()
    .positive()
    .max(24 * 365)
    .optional()
    .describe('Hours between welcome and follow-up, fractions allowed. Default: 24.'),
  SEND_WINDOW_START_HOUR: clock.describe('Follow-ups go from this hour. Default: 8.'),
  SEND_WINDOW_END_HOUR: clock.describe('And until this one; 24 is midnight. Default: 21.'),
  SEND_WINDOW_TIMEZONE: z
    .string()
    .refine(isTimeZone, 'not an IANA time zone, such as Asia/Jerusalem')
    .optional()
    .describe('Zone of these hours. Default: Asia/Jerusalem.'),
  SEND_WINDOW_DAYS: z
    .string()
    .optional()
    .describe('Days of follow-ups, such as sun,mon,tue,wed,thu. Default: all.'),
  SEND_WINDOW_HOLIDAYS: z
    .string()
    .optional()
    .describe('Dates without follow-ups, such as 2027-04-22,2027-04-28.'),
  WHATSAPP_WELCOME_TEMPLATE: z
    .string()
    .optional()
    .describe('Approved template of the welcome. Without it Meta refuses first messages.'),
  WHATSAPP_FOLLOWUP_TEMPLATE: z
    .string()
    .optional()
    .describe('Approved template of the follow-up. Without it Meta refuses it after 24 hours.'),
  WHATSAPP_TEMPLATE_LANGUAGE: z.string().optional().describe('Their language. Default: he.'),
  WELCOME_SAME_PHONE_AGAIN: flag
    .optional()
    .describe('Welcome a second item with the same phone number too. Default: false.'),
  MONDAY_STATUS_NEW: z.string().optional().describe('Status of a new lead. Default: לייד חדש.'),
  MONDAY_STATUS_SENT: z.string().optional().describe('After the welcome. Default: נשלחה הודעה.'),
  MONDAY_STATUS_NO_ANSWER: z
    .string()
    .optional()
    .describe('After the follow-up. Default: אין מענה 1.'),
  MONDAY_STATUS_ANSWERED: z
    .string()
    .optional()
    .describe('After an answer. Default: נקבעה שיחת מכירה.'),
  MONDAY_REPLY_UPDATES: flag
    .optional()
    .describe('Write an answer into an item whose status is not ours. Default: true.'),
  METRICS_PUBLIC: flag.default(false).describe('Serve /metrics without a key.'),
  STATS_PUBLIC: flag.default(false).describe('Serve /stats and its /analytics/* without a key.'),
})
export type Variables = z.infer<typeof Variables>

/** What other systems' documents call the same thing; the first that is set counts. */
export const aliases: Readonly<Record<string, keyof Variables>> = {
  NOTIFICATIONS_PORT: 'PORT',
  NOTIFICATIONS_HOST: 'HOST',
  JWT_SECRET: 'JWT_SECRET_KEY',
  CLOSE_BASE_URL: 'CLOSEIO_BASE_URL',
}

/** The text of .env.example. */
export function envExample(): string {
  const lines = [
    '# Every setting, with its default. Copy to .env and set what you need.',
    '# Secrets may also come from a file: NAME_FILE=/run/secrets/name',
    '',
  ]
  for (const [name, schema] of Object.entries(Variables.shape)) {
    const fallback = schema.safeParse(undefined)
    const value = fallback.success && fallback.data !== undefined ? String(fallback.data) : ''
    lines.push(`# ${schema.description ?? ''}`, `# ${name}=${value}`, '')
  }
  return lines.join('\n')
}
