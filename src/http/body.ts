/**
 * Reads JSON bodies more strictly than JSON.parse: valid UTF-8, bounded nesting,
 * no NUL, no lone surrogates, no `__proto__`. Each fault names its place (RFC 6901).
 *
 * The scan for nesting runs before parsing, so that 10 MB of brackets costs
 * milliseconds; the walk through the values runs only when the text holds an
 * escape that could hide something.
 */
import { isUtf8 } from 'node:buffer'
import { AppError } from '../errors.ts'

const MAX_DEPTH = 64

export function parseJson(raw: Buffer): unknown {
  if (raw.length === 0) return undefined
  if (!isUtf8(raw)) throw new AppError('malformed', 'The body is not valid UTF-8.')
  const text = raw.toString('utf8')
  if (text.charCodeAt(0) === 0xfeff)
    throw new AppError('malformed', 'The body begins with a byte order mark. Send plain UTF-8.')
  checkDepth(raw)
  const value = parse(text)
  if (/\\u(?:0000|[dD][89a-fA-F])|__proto__|\\u005[fF]/.test(text)) checkValue(value, '')
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError(
      'malformed',
      `The body is not valid JSON: ${cause instanceof Error ? cause.message : ''}`,
      { cause },
    )
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

function checkDepth(raw: Buffer): void {
  let depth = 0
  let inString = false
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at]
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_DEPTH)
        throw new AppError('malformed', `The body is nested deeper than ${MAX_DEPTH} levels.`)
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
}

function checkValue(value: unknown, pointer: string): void {
  if (typeof value === 'string') checkText(value, pointer)
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (key === '__proto__') throw malformed(place, 'The name __proto__ is not allowed.')
    checkText(key, place)
    checkValue(inner, place)
  }
}

function checkText(text: string, pointer: string): void {
  if (text.includes('\0'))
    throw malformed(pointer, 'Contains a NUL character, which cannot be stored. Remove it.')
  if (!text.isWellFormed())
    throw malformed(pointer, 'Contains half of a surrogate pair. Send valid Unicode.')
}

function malformed(pointer: string, detail: string): AppError {
  return new AppError('malformed', detail, { errors: [{ pointer, detail }] })
}
