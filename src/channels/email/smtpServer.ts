/** An SMTP server: where it is, how we reach it, and what it offers. */
import type { Reply } from './smtpReply.ts'

export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (RFC 8314), instead of STARTTLS. */
  readonly secure: boolean
  /** No mail without TLS. */
  readonly requireTls: boolean
  readonly allowInvalidCertificate: boolean
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Refuses hosts that are, or resolve to, private addresses. */
  readonly publicOnly?: boolean | undefined
  /** What we call ourselves; default this machine's name or address. */
  readonly ehloName?: string | undefined
}

/** Milliseconds. */
export interface SetupTimeouts {
  readonly connect: number
  readonly greeting: number
  readonly command: number
}

/** What EHLO offered. */
export interface Features {
  readonly pipelining: boolean
  readonly eightBit: boolean
  readonly utf8: boolean
  readonly startTls: boolean
  /** Mechanisms in capitals. */
  readonly auth: readonly string[]
  /** Whether SIZE is spoken, and the limit in bytes; Infinity when unlimited or unknown. */
  readonly size: boolean
  readonly maxSize: number
}

/** What EHLO lists; nothing, for a server that only knows HELO. */
export function featuresOf(reply: Reply | undefined): Features {
  const offered = new Map<string, string>()
  for (const line of reply?.lines.slice(1) ?? []) {
    const [keyword = '', ...parameters] = line.toUpperCase().split(/[ =]+/)
    offered.set(keyword, parameters.join(' '))
  }
  const maxSize = Number.parseInt(offered.get('SIZE') ?? '', 10)
  return {
    pipelining: offered.has('PIPELINING'),
    eightBit: offered.has('8BITMIME'),
    utf8: offered.has('SMTPUTF8'),
    startTls: offered.has('STARTTLS'),
    auth: offered.get('AUTH')?.split(' ').filter(Boolean) ?? [],
    size: offered.has('SIZE'),
    maxSize: maxSize > 0 ? maxSize : Number.POSITIVE_INFINITY, // RFC 1870 3: 0 means no limit
  }
}

/** The way out that a refused private server has: what the operator sets is trusted. */
export function notPublic(host: string): string {
  return `${host} is not on the public internet. A mail server in a private network is set by the operator, with SMTP_URL and EMAIL_FROM in the environment.`
}

export function isLoopback(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host)
}
