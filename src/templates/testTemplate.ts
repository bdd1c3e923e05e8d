/**
 * Shows what a template, or a draft of it, makes of some variables, and sends it somewhere when asked.
 * Its unsubscribe link goes nowhere.
 */
import type { ChannelId } from '../channels/channel.ts'
import { getContactId, getContactView } from '../contacts/find.ts'
import { inWorkspace, type Sql } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { slowly } from '../lib/slowly.ts'
import { checkContents } from './checkContents.ts'
import { changeContents, givenContents } from './contents.ts'
import { redeclare } from './declare.ts'
import { type CompiledVersion, compileVersion } from './directory.ts'
import { getTemplate, getVersion } from './find.ts'
import { findHrefs } from './links.ts'
import type { RenderedEmail } from './renderEmail.ts'
import { getDraft } from './saveDraft.ts'
import type { Draft, TestRequest, TestResult } from './schema.ts'
import { findRecipient, sendTest, type TestDeps } from './sendTest.ts'
import { TemplateError } from './templateError.ts'
import { missingVariables, withDefaults } from './variables.ts'

/** Raises `invalid_input` for missing variables and for an address that is none. */
export async function testTemplate(
  workspaceId: string,
  ref: string,
  request: TestRequest,
  deps: TestDeps,
): Promise<TestResult> {
  const template = await inWorkspace(deps.db, workspaceId, (tx) =>
    getTemplate(tx, workspaceId, ref),
  )
  const { channel } = template
  const version = request.version ?? template.version
  const recipient =
    request.to === undefined ? null : await findRecipient(workspaceId, channel, request.to, deps)
  const { rendered, missing } = await renderTest(
    workspaceId,
    { id: template.id, channel, version },
    request,
    deps,
  )
  const html = channel === 'email' ? rendered.html : null
  return {
    subject: rendered.subject || null,
    html,
    text: rendered.text,
    links: html === null ? [] : linksOf(html),
    missing: [...missing],
    sent: recipient && (await sendTest(recipient, { ...rendered, html }, deps)),
  }
}

interface Shown {
  readonly rendered: RenderedEmail
  readonly missing: readonly string[]
}

async function renderTest(
  workspaceId: string,
  template: { id: string; channel: ChannelId; version: number },
  request: TestRequest,
  deps: TestDeps,
): Promise<Shown> {
  const contact = await contactOf(workspaceId, request, deps)
  const given = { ...(contact && { contact }), ...request.template_variables }
  const links = {
    click: () => '',
    pixel: null,
    unsubscribe: `${deps.publicUrl}/?test=unsubscribe_url`,
    preferences: `${deps.publicUrl}/?test=preferences_url`,
  }
  try {
    const locale = request.locale ?? contact?.locale ?? undefined
    const compiled = await compileTest(workspaceId, template, { ...request, locale }, deps)
    const missing = missingVariables(compiled.variables, given)
    if (missing.length > 0 && !request.placeholders) throw missingError(missing)
    const placeholders = Object.fromEntries(missing.map((name) => [name, `[${name}]`]))
    const variables = { ...withDefaults(compiled.variables, given), ...placeholders }
    const rendered = await slowly(
      () => `${workspaceId} test`,
      () => compiled.email.renderAsync(variables, links),
    )
    return { rendered, missing }
  } catch (error) {
    if (error instanceof TemplateError) throw invalid('/template_variables', error.message)
    throw error
  }
}

async function compileTest(
  workspaceId: string,
  { id, channel, version }: { id: string; channel: ChannelId; version: number },
  request: TestRequest,
  { db, directories }: TestDeps,
): Promise<CompiledVersion> {
  const use = {
    ...{ workspaceId, templateId: id, version },
    locale: request.locale ?? (await directories.workspaces.get(workspaceId)).locale,
    ...{ html: channel === 'email', trackOpens: false, trackClicks: false },
  }
  const { draft: asked } = request
  if (!asked) return directories.templates.compile(use)
  const { current, change } = await inWorkspace(db, workspaceId, async (tx) => ({
    current: await getVersion(tx, workspaceId, id, version),
    change: asked === true ? await keptDraft(tx, workspaceId, id) : asked,
  }))
  const { defaultLocale, contents } = current
  const draft = changeContents({ defaultLocale, byLocale: contents }, change)
  await checkContents(givenContents(change, draft.defaultLocale))
  const variables = redeclare(current.variables, draft)
  const shown = { defaultLocale: draft.defaultLocale, contents: draft.byLocale, variables }
  return compileVersion(shown, use, '')
}

const keptDraft = async (tx: Sql, workspaceId: string, id: string): Promise<Draft> => ({
  locales: (await getDraft(tx, workspaceId, id)).contents,
})

/** As messages know their contact: its name, locale and traits. */
async function contactOf(
  workspaceId: string,
  { contact_id: ref }: TestRequest,
  { db }: TestDeps,
): Promise<(Record<string, unknown> & { readonly locale: string | null }) | undefined> {
  if (ref === undefined) return undefined
  const { name, locale, traits } = await inWorkspace(db, workspaceId, async (tx) =>
    getContactView(tx, workspaceId, await getContactId(tx, workspaceId, ref)),
  )
  return { ...traits, name, locale }
}

function missingError(names: readonly string[]): AppError {
  const several = names.length > 1
  const detail = `The template needs the variable${several ? 's' : ''} ${names.join(', ')}.`
  const errors = names.map((name) => ({
    pointer: `/template_variables/${name}`,
    detail: `The template needs a value for ${name}.`,
  }))
  return new AppError('invalid_input', detail, { errors })
}

function linksOf(html: string): string[] {
  const fates = findHrefs(html, { literal: true }).map(({ fate }) => fate)
  return [...new Set(fates.filter((fate) => fate.go === 'track').map(({ url }) => url))]
}
