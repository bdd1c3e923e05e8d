/**
 * What each message of a page is about, in one line: its subject or first words. A template's subject has the
 * values that went with the message; where one is missing, or it takes the sandbox to render, its name stands in.
 */
import { LRUCache } from 'lru-cache'
import type { Sql } from '../db/db.ts'
import { truncate } from '../lib/reply.ts'
import { type Compiled, compile } from '../templates/compile.ts'
import { localeChain } from '../templates/locale.ts'
import { TemplateError } from '../templates/templateError.ts'
import { withDefaults } from '../templates/variables.ts'
import { findGivenWords, findSubjects, type SubjectRow } from './store/about.ts'
import { findContactVariables } from './store/parts.ts'
import type { MessageRow } from './store/read.ts'
import type { VersionRow } from './store/search.ts'

const MAX = 200 // characters
const compiled = new LRUCache<string, Compiled>({ max: 1_000 })

const keyOf = ({ templateId, version }: VersionRow) => `${templateId} ${version}`
const versionOf = ({ templateId, templateVersion }: MessageRow): VersionRow[] =>
  templateId === null || templateVersion === null ? [] : [{ templateId, version: templateVersion }]

/** By id of the message; one whose content is gone is not among them. */
export async function findAbout(
  tx: Sql,
  workspaceId: string,
  rows: readonly MessageRow[],
): Promise<Map<string, string>> {
  const given = rows.filter(({ templateId }) => templateId === null).map(({ id }) => id)
  const versions = new Map(rows.flatMap(versionOf).map((each) => [keyOf(each), each]))
  const about = given.length > 0 ? await findGivenWords(tx, workspaceId, given) : new Map()
  const found = versions.size > 0 ? await findSubjects(tx, workspaceId, [...versions.values()]) : []
  const subjects = new Map(found.map((each) => [keyOf(each), each]))
  const told = rows.flatMap((row) => {
    const subject = versionOf(row).map((each) => subjects.get(keyOf(each)))[0]
    return subject ? [{ row, subject, text: subjectOf(subject, row.locale) }] : []
  })
  const people = await peopleOf(tx, told)
  for (const { row, subject, text } of told) {
    const contact = people.get(row.contactId ?? '')
    about.set(row.id, (text && filledIn(text, subject, row, contact)) || subject.name)
  }
  return new Map([...about].map(([id, words]) => [id, oneLine(words)]))
}

const oneLine = (words: string) => truncate(words.replace(/\s+/g, ' ').trim(), MAX)

/** In the language of the message, as its rendering chooses it. */
function subjectOf({ subjects, defaultLocale }: SubjectRow, locale: string | null): string | null {
  const known = new Map(
    Object.entries(subjects ?? {}).map(([name, text]) => [name.toLowerCase(), text]),
  )
  const chosen = localeChain(locale, defaultLocale).find((name) => known.has(name.toLowerCase()))
  return known.get((chosen ?? defaultLocale).toLowerCase()) ?? null
}

type Contact = Readonly<Record<string, unknown>> | undefined

function filledIn(text: string, { variables }: SubjectRow, row: MessageRow, contact: Contact) {
  try {
    const template = compiledOf(text)
    const values: Record<string, unknown> = {
      contact,
      ...withDefaults(variables, row.variables ?? {}),
    }
    const isKnown = (name: string) => Object.hasOwn(values, name) && (values[name] ?? '') !== ''
    const isFilled = template.kind === 'inline' && template.variables.every(isKnown)
    return isFilled ? template.render(values) : null
  } catch (error) {
    if (error instanceof TemplateError) return null
    throw error
  }
}

function compiledOf(text: string): Compiled {
  const known = compiled.get(text) ?? compile(text, { escape: 'none' })
  compiled.set(text, known)
  return known
}

/** Only those whose subject speaks of them. */
async function peopleOf(
  tx: Sql,
  told: readonly { row: MessageRow; text: string | null }[],
): Promise<Map<string, Record<string, unknown>>> {
  const contacts = told.flatMap(({ row: { workspaceId, contactId }, text }) =>
    contactId !== null && text?.includes('contact') ? [{ workspaceId, contactId }] : [],
  )
  return contacts.length > 0 ? findContactVariables(tx, contacts) : new Map()
}
