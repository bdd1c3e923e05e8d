/**
 * A sender's settings on their way in and out: checked against the provider's schema, sealed,
 * and shown with their secrets masked.
 */
import { z } from 'zod'
import { AppError, invalid } from '../errors.ts'
import { parse } from '../http/parse.ts'
import { assertPublicUrl, type UrlRules, whyBlocked } from '../lib/ssrf.ts'
import { notPublic } from './email/smtpServer.ts'
import type { Provider } from './provider.ts'

/** Seals texts for the row that `context` names; see sealContext in directory.ts. */
export interface Sealing {
  seal(text: string, context: string): string
  unseal(sealed: string, context: string): string
}

/** What has settings: a provider, a connector. */
export type Configurable = Pick<Provider, 'name' | 'settings'>

export type Settings = Readonly<Record<string, unknown>>

interface Field {
  readonly name: string
  readonly secret: boolean
  readonly isUrl: boolean
}

const MASK = '••••'
const SHOWN = 4 // last characters of a masked secret
const LONG_ENOUGH = 12 // characters of a secret of which the last four may be shown

const Described = z.object({
  properties: z.record(
    z.string(),
    z.object({ secret: z.boolean().optional(), format: z.string().optional() }),
  ),
})

/** JSON Schema of what a member fills in; secrets are marked. */
export function settingsSchema(provider: Configurable): Record<string, unknown> {
  return z.toJSONSchema(provider.settings, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema['secret']) jsonSchema.writeOnly = true
    },
  })
}

function fieldsOf(provider: Configurable): Field[] {
  const { properties } = Described.parse(settingsSchema(provider))
  return Object.entries(properties).map(([name, { secret = false, format }]) => ({
    name,
    secret,
    isUrl: format === 'uri',
  }))
}

export function masked(provider: Configurable, settings: Settings): Record<string, unknown> {
  const shown = fieldsOf(provider).map(({ name, secret }) => {
    const value = settings[name]
    return [name, secret && value !== undefined ? mask(value) : value] as const
  })
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined))
}

function mask(value: unknown): string {
  if (typeof value !== 'string' || value.length < LONG_ENOUGH) return MASK
  return MASK + value.slice(-SHOWN)
}

/** Raises `invalid_input` that names each setting. Answers them as they are to be stored. */
export function checkSettings(provider: Configurable, given: Settings): Settings {
  const fields = fieldsOf(provider)
  const unknown = Object.keys(given).find((name) => !fields.some((field) => field.name === name))
  if (unknown !== undefined) {
    throw invalid(
      pointerTo(unknown),
      `${provider.name} has no such setting. Check its name or leave it out.`,
    )
  }
  const { settings } = parse(z.object({ settings: provider.settings }), { settings: given })
  return settings as Settings // every provider's settings are an object
}

/** What members type may not lead into private networks; what the environment names may. */
export function assertPublicSettings(
  provider: Configurable,
  settings: Settings,
  rules: UrlRules,
): void {
  for (const { name, isUrl } of fieldsOf(provider)) {
    const value = settings[name]
    if (typeof value !== 'string') continue
    if (isUrl) assertPublicUrl(value, rules, pointerTo(name))
    else if (name === 'host') assertPublicHost(value, rules, pointerTo(name))
  }
}

/** Mail servers are all that is named by host. */
function assertPublicHost(host: string, rules: UrlRules, pointer: string): void {
  const url = urlOfHost(host)
  if (URL.canParse(url) && whyBlocked(new URL(url), rules) !== null)
    throw invalid(pointer, notPublic(host))
  assertPublicUrl(url, rules, pointer)
}

function urlOfHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `https://[${host}]` : `https://${host}`
}

/**
 * Lays changes over what is stored: null removes, a secret as it was shown stays. A secret
 * that is kept must go where it was meant to go: with another address it is asked for again.
 */
export function mergeSettings(
  provider: Configurable,
  stored: Settings,
  change: Settings,
): Settings {
  const fields = fieldsOf(provider)
  const merged: Record<string, unknown> = { ...stored }
  for (const [name, value] of Object.entries(change)) {
    const secret = fields.some((field) => field.name === name && field.secret)
    if (secret && isMasked(value)) assertAsShown(name, value, stored[name])
    else if (value === null) delete merged[name]
    else merged[name] = value
  }
  const moved = fields.some(
    ({ name, secret, isUrl }) =>
      !secret && (isUrl || name === 'host') && merged[name] !== stored[name],
  )
  const kept = fields.filter(
    ({ name, secret }) =>
      secret && stored[name] !== undefined && !isGiven(change[name]) && name in merged,
  )
  if (!moved || kept.length === 0) return merged
  throw new AppError('invalid_input', 'The address changes, so its secrets must be given again.', {
    errors: kept.map(({ name }) => ({
      pointer: pointerTo(name),
      detail: 'Give it again: a kept secret is only sent where it was meant to go.',
    })),
  })
}

function isGiven(value: unknown): boolean {
  return value !== undefined && !isMasked(value)
}

function isMasked(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(MASK)
}

function assertAsShown(name: string, value: string, stored: unknown): void {
  if (stored !== undefined && value === mask(stored)) return
  throw invalid(pointerTo(name), 'This is a masked secret. Give the whole one, or leave it out.')
}

function pointerTo(name: string): string {
  return `/settings/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
