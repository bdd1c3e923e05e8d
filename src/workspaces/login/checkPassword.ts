/**
 * Is a new password good enough? Length does most of it; composition rules are not asked
 * (NIST SP 800-63B §3.1.1.2). Refused beside short ones: what everybody tries first.
 */
import { invalid } from '../../errors.ts'
import type { Role } from '../auth.ts'

const MAX_PASSWORD = 256 // characters
const MIN_LENGTH = 12
const MIN_LENGTH_CLIENT = 8
const MIN_PART = 5 // shorter names are found in too many good passwords

export interface PasswordOwner {
  readonly role: Role
  readonly email: string
  readonly userName?: string | null | undefined
  readonly serviceName: string
}

/** Throws the 422 that names `pointer`. */
export function checkPassword(password: string, owner: PasswordOwner, pointer = '/password'): void {
  const min = owner.role === 'client' ? MIN_LENGTH_CLIENT : MIN_LENGTH
  if ([...password].length < min) throw invalid(pointer, `Use at least ${min} characters.`)
  if (password.length > MAX_PASSWORD)
    throw invalid(pointer, `Use at most ${MAX_PASSWORD} characters.`)
  if (isCommon(password))
    throw invalid(pointer, 'This password is among the first that are tried. Choose another one.')
  const lower = password.toLowerCase()
  const names = [owner.email.split('@')[0]!, owner.userName ?? '', owner.serviceName]
  if (names.some((name) => name.length >= MIN_PART && lower.includes(name.toLowerCase()))) {
    throw invalid(
      pointer,
      'The password contains your name or that of this service. Choose another one.',
    )
  }
}

/** Words that common passwords consist of, in the form that `plain` leaves. */
const words = new Set(
  `password passwort passw pass word admin administrator root user login welcome letmein qwerty qwertz azerty
  qwertyuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc iloveyou monkey dragon sunshine princess football
  baseball master shadow superman batman michael jordan hunter trustno secret changeme change me default guest
  access hello freedom whatever starwars computer internet service company summer winter spring autumn january
  february march april may june july august september october november december monday friday sunday love money
  in production my the your new is not a i please correct horse battery staple abc abcd abcdef abcdefgh abcdefghijkl`
    .trim()
    .split(/\s+/),
)
const MAX_WORDS = 2 // more of them make a passphrase, but for those listed as a whole
const phrases = new Set([
  'changemeinproduction',
  'correcthorsebatterystaple',
  'thisisnotapassword',
  'iloveyoumorethananything',
])

function isCommon(password: string): boolean {
  if (isRun(password)) return true
  const text = plain(password)
  return text === ''
    ? password.length < MIN_LENGTH + 4
    : phrases.has(text) || isMadeOf(text, MAX_WORDS)
}

/** Letters only, with the usual disguises taken off: `P@ssw0rd2024!` is `password`. */
function plain(password: string): string {
  const disguises: Readonly<Record<string, string>> = {
    '@': 'a',
    '0': 'o',
    '1': 'i',
    '3': 'e',
    $: 's',
    '5': 's',
    '7': 't',
  }
  const body = password.toLowerCase().replace(/^[\d\W_]+|[\d\W_]+$/g, '')
  return body.replace(/[@0135$7]/g, (sign) => disguises[sign] ?? sign).replace(/[^\p{L}]/gu, '')
}

function isMadeOf(text: string, count: number): boolean {
  if (words.has(text)) return true
  if (/^(.+)\1+$/.test(text) && words.has(/^(.+?)\1+$/.exec(text)![1]!)) return true
  if (count <= 1) return false
  for (let at = 1; at < text.length; at++) {
    if (words.has(text.slice(0, at)) && isMadeOf(text.slice(at), count - 1)) return true
  }
  return false
}

const MAX_PERIOD = 4 // characters

/** One to four characters over and over, or characters that follow each other: 123456789012, abcdefghijkl. */
function isRun(password: string): boolean {
  for (let period = 1; period <= MAX_PERIOD; period++) {
    if ([...password].every((sign, index, all) => sign === all[index % period])) return true
  }
  const codes = [...password].map((sign) => sign.codePointAt(0)!)
  const follows = codes
    .slice(1)
    .filter(
      (code, index) => Math.abs(code - codes[index]!) === 1 || (code === 48 && codes[index] === 57),
    )
  return follows.length === codes.length - 1
}
