/** Reads an SMTP server from one line of configuration: `smtp://user:password@host:587?connections=10`. */
import { z } from 'zod'
import { Misconfigured } from '../../errors.ts'
import { type SmtpSettings, smtpSettings } from './smtp.ts'

const query = z.strictObject({
  connections: z.coerce.number().optional(),
  messages_per_connection: z.coerce.number().optional(),
  from_name: z.string().optional(),
  bounce_address: z.string().optional(),
  ehlo_name: z.string().optional(),
  require_tls: z.stringbool().optional(),
  allow_invalid_certificate: z.stringbool().optional(),
})

/**
 * `smtps://` is implicit TLS (port 465 unless given), `smtp://` is STARTTLS (587). `from` is an
 * address, or `Name <address>`. Throws Misconfigured, listing every fault and no password.
 */
export function smtpSettingsFromUrl(url: string, from: string): SmtpSettings {
  const parsed = URL.parse(url)
  if (!parsed || !/^smtps?:$/.test(parsed.protocol) || !parsed.hostname) {
    const { success } = smtpSettings.shape.from_email.safeParse(mailboxOf(from).from_email)
    const others = success ? '' : '; from_email: not an email address'
    throw new Misconfigured(`SMTP URL: It must look like smtp://user:password@host:587.${others}`)
  }
  const options = query.safeParse(Object.fromEntries(parsed.searchParams))
  const secure = parsed.protocol === 'smtps:'
  const whole = smtpSettings.safeParse({
    host: parsed.hostname,
    port: parsed.port ? Number(parsed.port) : secure ? 465 : 587,
    secure,
    user: decoded(parsed.username),
    password: decoded(parsed.password),
    ...mailboxOf(from),
    ...options.data,
  })
  if (options.success && whole.success) return whole.data
  const all = [...faults(options), ...faults(whole, options.data?.from_name)]
  throw new Misconfigured(`SMTP URL: ${all.join('; ')}`)
}

function mailboxOf(from: string): { from_email: string; from_name?: string } {
  const open = from.lastIndexOf('<')
  if (open === -1 || !from.trimEnd().endsWith('>')) return { from_email: from }
  const name = from
    .slice(0, open)
    .trim()
    .replace(/^"(.*)"$/, '$1')
  const address = from.slice(open + 1, from.lastIndexOf('>'))
  return { from_email: address, ...(name && { from_name: name }) }
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    return part // a lone % that stands for itself
  }
}

/** The name that stands in the URL is told from that of `from`. */
function faults({ error }: { error?: z.ZodError | undefined }, nameOfUrl?: string): string[] {
  return (error?.issues ?? []).map(({ path, message }) => {
    const name = path.join('.') || 'query'
    return `${name === 'from_name' && nameOfUrl !== undefined ? 'its from_name' : name}: ${message}`
  })
}
