/** Why another system could not be asked or understood, in words that can be stored and shown. */
import { ZodError } from 'zod'
import { isVendorFault } from '../errors.ts'
import { storableText } from '../lib/storable.ts'

const MAX_WORDS = 500 // characters

export function reasonOf(error: unknown): string {
  if (error instanceof ZodError) return unreadable(error)
  const words = error instanceof Error ? error.message : String(error)
  return storableText(words.replace(/[\x00-\x1f]/g, ' ').slice(0, MAX_WORDS))
}

/** The same of what the other system is to blame for; a fault of ours is raised again. */
export function theirReason(error: unknown): string {
  if (isVendorFault(error) || error instanceof ZodError) return reasonOf(error)
  throw error
}

function unreadable({ issues: [issue] }: ZodError): string {
  const place = issue?.path.slice(0, 5).join('.').slice(0, 100)
  const what = [place, issue?.message].filter(Boolean).join(': ')
  return `Its answer cannot be read: ${what}`
}
