/**
 * Why a mail bounced, from its enhanced status code (RFC 3463) and the server's words.
 *
 * `hard` means that the address will never work, and suppresses it. It is said only of
 * codes that mean just that: a wrong "hard" loses a person for good, a wrong "soft" costs
 * a few more tries. Policy and authentication (x.7.x) are our fault, never the person's.
 */
export type BounceCategory =
  | 'invalid_mailbox'
  | 'inactive'
  | 'bad_domain'
  | 'full'
  | 'too_large'
  | 'policy_spam'
  | 'auth_fail'
  | 'blocklisted'
  | 'rate_limited'
  | 'content'
  | 'relay'
  | 'greylist'
  | 'network'
  | 'protocol'
  | 'unknown'

export interface BounceFacts {
  /** Such as 5.1.1; null when none was given. */
  readonly status: string | null
  readonly diagnostic: string
}

const MAX_TEXT = 2000 // characters of a diagnostic that are read

/** By subject and detail (RFC 3463 §3); the first digit, permanent or not, decides only `hard`. */
const byDetail: Readonly<Record<string, BounceCategory>> = {
  '1.1': 'invalid_mailbox',
  '1.2': 'bad_domain',
  '1.3': 'invalid_mailbox',
  '1.4': 'invalid_mailbox',
  '1.6': 'inactive',
  '1.7': 'protocol',
  '1.8': 'auth_fail',
  '1.10': 'invalid_mailbox',
  '2.1': 'inactive',
  '2.2': 'full',
  '2.3': 'too_large',
  '3.4': 'too_large',
  '4.4': 'bad_domain',
  '5.3': 'rate_limited',
  '7.20': 'auth_fail',
  '7.21': 'auth_fail',
  '7.22': 'auth_fail',
  '7.23': 'auth_fail',
  '7.24': 'auth_fail',
  '7.25': 'auth_fail',
  '7.26': 'auth_fail',
  '7.27': 'auth_fail',
  '7.28': 'rate_limited',
  '7.29': 'auth_fail',
  '7.30': 'auth_fail',
  '7.32': 'auth_fail',
  '7.515': 'auth_fail',
}

/** What is left after the details, by subject (RFC 3463 §2). */
const bySubject: Readonly<Record<string, BounceCategory>> = {
  '1': 'invalid_mailbox',
  '3': 'network',
  '4': 'network',
  '5': 'protocol',
  '6': 'content',
  '7': 'policy_spam',
}

const USER_UNKNOWN =
  /user unknown|unknown (?:user|recipient|local part)|no such (?:user|recipient|mailbox|person|address)|(?:user|recipient|mailbox|account|address|email)\b.{0,40}\b(?:not (?:found|exist)|does(?:n'?t| not) exist|not known|is unknown)|recipient (?:address )?(?:rejected: (?:user|access denied)|unknown)|invalid (?:recipient|mailbox|user)|mailbox unavailable|no mailbox here|not a valid (?:mailbox|user|recipient)|isn'?t found at|user .{0,40}\bnot found/i
const NO_DOMAIN =
  /nxdomain|host or domain name not found|domain (?:name )?(?:was )?not found|no such domain|domain does not exist|couldn'?t find any host|host not found|unrouteable|non-?existent (?:domain|host)|null ?mx/i

/** Tried in order where the code says little. */
const byWords: readonly (readonly [RegExp, BounceCategory])[] = [
  [/grey-?list|graylist|try again (?:in|after) \d|temporarily deferred.{0,40}first/i, 'greylist'],
  [
    /spamhaus|spamcop|barracudacentral|sorbs|block-?list|black-?list|\brbl\b|dnsbl|listed (?:in|at|on)|banned sending ip|poor reputation/i,
    'blocklisted',
  ],
  [
    /\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated|not authenticated|authentication (?:check|required|failed)|reverse dns|\bptr\b/i,
    'auth_fail',
  ],
  [
    /relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed)|unable to relay|not permitted to relay|we do not relay/i,
    'relay',
  ],
  [
    /rate limit|too many (?:messages|connections|recipients|emails)|throttl|receiving mail (?:at a rate|too quickly)|exceeded .{0,30}(?:rate|limit|connections)|message rate/i,
    'rate_limited',
  ],
  [
    /mailbox (?:is )?full|over ?quota|quota (?:exceeded|full)|exceeded .{0,30}(?:quota|storage)|out of storage|insufficient (?:system )?storage|not enough space/i,
    'full',
  ],
  [
    /(?:message|size|mail).{0,30}(?:too (?:large|big)|exceeds?.{0,30}(?:size|limit|maximum))/i,
    'too_large',
  ],
  [
    /disabled|deactivat|inactive|suspended|no longer (?:active|available|valid|works|with)|account.{0,20}(?:closed|locked)|has moved/i,
    'inactive',
  ],
  [NO_DOMAIN, 'bad_domain'],
  [/spam|policy|blocked|reputation|unsolicited|bulk|not accepted for/i, 'policy_spam'],
  [USER_UNKNOWN, 'invalid_mailbox'],
  [/virus|malware|content|attachment|prohibited/i, 'content'],
  [
    /timed? ?out|connection (?:refused|reset|closed|lost|dropped)|unreachable|no route|could not connect|network|expired|retry time|too long in (?:the )?queue|loop/i,
    'network',
  ],
  [/syntax|bad sequence|command|protocol|invalid (?:address|argument)/i, 'protocol'],
]

/** What x.7.x never is, whatever words come with it: servers hide who exists. */
const aboutPerson: ReadonlySet<BounceCategory> = new Set([
  'invalid_mailbox',
  'inactive',
  'full',
  'bad_domain',
])

/** Subjects and details that servers use for anything. */
const VAGUE = /^(?:0\.\d+|2\.0|3\.0|4\.1|5\.0|7\.0|7\.1)$/
const HARD_STATUS = /^5\.(?:1\.(?:1|2|3|10)|2\.1|4\.4)$/
const ENHANCED = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])/
const REPLY_CODE = /(?<![\d.])([245][0-5]\d)(?=[\s\-#]|$)/

export function categorise(facts: BounceFacts): { category: BounceCategory; hard: boolean } {
  const words = facts.diagnostic.slice(0, MAX_TEXT)
  const status = usefulStatus(facts.status, words)
  return { category: categoryOf(status, words), hard: isHard(facts.status, status, words) }
}

/** The enhanced code that a text contains, else null. */
export function statusIn(text: string): string | null {
  const found = ENHANCED.exec(text.slice(0, MAX_TEXT))
  return found ? `${found[1]}.${Number(found[2])}.${Number(found[3])}` : null
}

function categoryOf(status: string | null, words: string): BounceCategory {
  const detail = status?.slice(2) ?? ''
  const known = status === '4.2.1' ? 'rate_limited' : byDetail[detail] // Gmail: receiving too quickly
  if (known !== undefined)
    return known === 'invalid_mailbox' && NO_DOMAIN.test(words) ? 'bad_domain' : known
  const spoken = byWords.find(([pattern]) => pattern.test(words))?.[1]
  const policy = detail.startsWith('7.')
  if (spoken !== undefined && !(policy && aboutPerson.has(spoken))) return spoken
  return bySubject[detail.split('.')[0] ?? ''] ?? 'unknown'
}

/** The header's code unless it is vague (5.0.0) and the server's own words hold a better one. */
function usefulStatus(status: string | null, words: string): string | null {
  const header = status === null ? null : statusIn(status)
  if (header !== null && !VAGUE.test(header.slice(2))) return header
  return statusIn(words) ?? header
}

function isHard(header: string | null, status: string | null, words: string): boolean {
  const codes = [header, status, statusIn(words)].filter((each) => each !== null)
  if (codes.some((code) => /^\d\.7\./.test(code) || code.startsWith('4'))) return false
  if (status !== null && HARD_STATUS.test(status)) return true
  const reply = REPLY_CODE.exec(words)?.[1]
  if (reply?.startsWith('4')) return false
  const permanent = reply?.startsWith('5') || status?.startsWith('5')
  if (permanent && NO_DOMAIN.test(words)) return true
  const vague = status === null || /^5\.[0-35]\.0$/.test(status)
  return vague && (reply === '550' || reply === '553') && USER_UNKNOWN.test(words)
}
