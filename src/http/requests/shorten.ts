/**
 * A body as it may be kept and shown: secrets hidden by the names of their fields, files left out, long
 * texts and lists cut. Never more work than the limits below, however large the body is.
 */
import { storableText } from '../../lib/storable.ts'

const MAX_TEXT = 500 // characters of one text
const MAX_ITEMS = 5 // of a list
const MAX_FIELDS = 50 // of an object
const MAX_ALL = 6_000 // characters of all names and values together
const MAX_DEPTH = 12

const HIDDEN = '[hidden]'
const CUT = '…'
const secret =
  /passw|passphrase|secret|token|authorization|bearer|cookie|signature|credential|private|recovery|webhook_url|(api|access)[_-]?key$|^key$|^settings$|^code$|^otp$|^pass$|^pwd$|^auth$|^jwt$|^dsn$|connection_string/i
/** In an address, and in text that holds one; also of a name that is a list, and after a semicolon. */
const secretParameter =
  /([?&;](?:[\w-]*(?:token|secret|password|passphrase|signature|(?:api|access)[_-]?key|authorization|bearer)|key|sig|code|pass|pwd|auth|jwt)(?:\[\])?=)[^&#\s"'<>]+/gi
/** What is one wherever it stands: our keys, `Bearer …`, `https://user:password@…`, addresses of Slack's and Discord's webhooks. */
const bareSecret =
  /(\bbk_(?:live|test)_|\bBearer\s+(?=[\w.~+/=-]{16})|:\/\/[^\s/:@]{0,99}:(?=[^\s/@]{1,200}@)|hooks\.slack\.com\/services\/|\/api\/webhooks\/\d+\/)[^\s"'<>@]+/gi

interface Left {
  characters: number
}

/** JSON text; null when there is nothing. */
export function shortened(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return JSON.stringify(shorten(value, { characters: MAX_ALL }, 0))
}

/** Secrets in addresses hidden, and what is one by its look. */
export const withoutSecrets = (text: string): string =>
  text.replace(secretParameter, `$1${HIDDEN}`).replace(bareSecret, `$1${HIDDEN}`)

function shorten(value: unknown, left: Left, depth: number): unknown {
  if (left.characters <= 0 || depth > MAX_DEPTH) return CUT
  if (typeof value === 'string') return shortText(value, left)
  if (typeof value !== 'object' || value === null) {
    left.characters -= 8
    return value
  }
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`
  return Array.isArray(value) ? shortList(value, left, depth) : shortObject(value, left, depth)
}

function shortText(text: string, left: Left): string {
  const most = Math.min(MAX_TEXT, left.characters)
  left.characters -= Math.min(text.length, most) + 2
  if (text.length <= most) return storableText(withoutSecrets(text))
  return `${storableText(withoutSecrets(text.slice(0, most)))}${CUT} [${text.length} characters]`
}

function shortList(list: readonly unknown[], left: Left, depth: number): unknown[] {
  const shown: unknown[] = []
  for (const item of list.slice(0, MAX_ITEMS)) {
    if (left.characters <= 0) break
    shown.push(shorten(item, left, depth + 1))
  }
  const more = list.length - shown.length
  return more > 0 ? [...shown, `${CUT} [${more} more]`] : shown
}

function shortObject(object: object, left: Left, depth: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  let fields = 0
  for (const [name, value] of Object.entries(object)) {
    if (left.characters <= 0 || fields++ >= MAX_FIELDS) {
      shown[CUT] = 'more fields'
      break
    }
    const kept = storableText(name.slice(0, MAX_TEXT))
    left.characters -= kept.length + 4
    Object.defineProperty(shown, kept, {
      value: fieldOf(object, name, value, left, depth),
      enumerable: true, // also of a field that is named __proto__
      configurable: true,
    })
  }
  return shown
}

function fieldOf(object: object, name: string, value: unknown, left: Left, depth: number): unknown {
  if (value !== null && value !== undefined && isSecret(object, name, value)) return HIDDEN
  if (name === 'content' && 'filename' in object && typeof value === 'string')
    return `[a file, ${value.length} characters]`
  return shorten(value, left, depth + 1)
}

/** The code of a problem says what went wrong, and stands beside its status. */
const isSecret = (object: object, name: string, value: unknown) =>
  secret.test(name) && typeof value !== 'boolean' && !(name === 'code' && 'status' in object)
