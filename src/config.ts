/**
 * Reads the environment, which nothing else does: config/variables.ts says what may be in it.
 *
 * Names that other systems' documents use are understood too (`aliases`), each
 * secret may come from a file (`NAME_FILE`), and a fault lists every problem at once.
 */
import { readFileSync } from 'node:fs'
import { type Environment, needless, pairFaults, placeholderFaults } from './config/faults.ts'
import { aliases, partsOf, Variables } from './config/variables.ts'

export type Config = Readonly<
  Omit<
    Variables,
    'LOG_FORMAT' | 'ERROR_DETAIL' | 'API_DOCS' | 'PUBLIC_URL' | 'SERVICE_NAME' | 'TRUST_PROXY'
  >
> & {
  readonly LOG_FORMAT: 'json' | 'pretty'
  readonly ERROR_DETAIL: boolean
  readonly API_DOCS: 'public' | 'login' | 'off'
  readonly PUBLIC_URL: string
  readonly SERVICE_NAME: string
  readonly TRUST_PROXY: readonly string[]
  /** Sentences for the operator, logged at start. */
  readonly warnings: readonly string[]
}

/**
 * Reads and checks the environment. Throws one Error that names every fault.
 * `terminal` says whether a person watches the log.
 */
export function readConfig(
  source: Environment,
  options: {
    terminal?: boolean
    /** Faults that other rooms find in the same variables, so that all are told at once. */
    faultsOf?: (env: Environment) => readonly string[]
  } = {},
): Config {
  const warnings: string[] = []
  const faults: string[] = []
  const env = withAliases(withFiles(unquoted(source), faults))
  warnings.push(...needless(source))
  const url = databaseUrl(env['DATABASE_URL'], warnings)
  const result = Variables.safeParse({ ...env, DATABASE_URL: url })
  for (const { path, message } of result.error?.issues ?? [])
    faults.push(`${path.join('.')}: ${message}`)
  const production = env['ENVIRONMENT'] === 'production'
  faults.push(...placeholderFaults(env, production, warnings), ...pairFaults(env))
  faults.push(...(options.faultsOf?.(env) ?? []))
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url)) {
    faults.push('DATABASE_URL: must begin with postgres:// or postgresql://')
  }
  if (faults.length > 0 || !result.success) {
    const told = [...new Set(faults)] // a sender may say of its URL what the list above said
    throw new Error(
      `The environment has ${told.length} fault(s):\n${told.map((fault) => `  - ${fault}`).join('\n')}`,
    )
  }
  return complete(result.data, production, options.terminal ?? false, warnings)
}

function complete(
  values: Variables,
  production: boolean,
  terminal: boolean,
  warnings: string[],
): Config {
  const config = { ...values }
  if (tooShortAKey(values.OREE_API_KEY)) {
    warnings.push(
      'OREE_API_KEY is shorter than 16 characters and is not accepted as a key. Set a longer one.',
    )
    delete config.OREE_API_KEY
  }
  if (!values.PUBLIC_URL) {
    warnings.push(
      `PUBLIC_URL is not set: links in messages will lead to http://localhost:${values.PORT}, which recipients cannot open.`,
    )
  }
  if (values.META_API_TOKEN && !values.META_APP_SECRET)
    warnings.push(
      'META_APP_SECRET is not set: what comes to /webhook/meta is believed without a signature. Copy it from the settings of the Meta app.',
    )
  if (values.META_API_TOKEN && !values.ADMIN_SECRET)
    warnings.push(
      'ADMIN_SECRET is not set: Meta cannot confirm /webhook/meta, so nothing that people write by WhatsApp arrives. Make up a word, and enter the same as verify token over there.',
    )
  return Object.freeze({
    ...config,
    PUBLIC_URL: (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ''),
    SERVICE_NAME: values.SERVICE_NAME ?? serviceName(values),
    LOG_FORMAT: values.LOG_FORMAT ?? (terminal && !production ? 'pretty' : 'json'),
    ERROR_DETAIL: values.ERROR_DETAIL ?? values.ENVIRONMENT === 'development',
    API_DOCS: values.API_DOCS ?? (production ? 'login' : 'public'),
    TRUST_PROXY: partsOf(values.TRUST_PROXY ?? ''),
    warnings,
  })
}

/** Whoever runs only the lead recipe knows it by the name of the service that it replaces. */
function serviceName(values: Variables): string {
  const { MONDAY_API_KEY, MONDAY_BOARD_ID, META_API_TOKEN, META_PHONE_ID, ADMIN_SECRET } = values
  const leads = [MONDAY_API_KEY, MONDAY_BOARD_ID, META_API_TOKEN, META_PHONE_ID, ADMIN_SECRET]
  const alone = leads.every(Boolean) && !values.CLOSEIO_API_KEY
  return alone ? 'Lead Automation Service' : 'Beckon'
}

const tooShortAKey = (key: string | undefined) => key !== undefined && key.length < 16

/** `NAME_FILE=/run/secrets/x` gives NAME its content. */
function withFiles(env: Environment, faults: string[]): Record<string, string | undefined> {
  const values = { ...env }
  for (const [name, path] of Object.entries(env)) {
    const target = name.replace(/_FILE$/, '')
    const isKnown = target in Variables.shape || target in aliases
    if (target === name || !path || values[target] || !isKnown) continue
    try {
      values[target] = readFileSync(path, 'utf8').trim()
    } catch {
      faults.push(`${name}: ${path} could not be read.`)
    }
  }
  return values
}

function withAliases(env: Environment): Record<string, string | undefined> {
  const values = { ...env }
  for (const [alias, name] of Object.entries(aliases)) values[name] ||= env[alias]
  return values
}

/** Empty means unset; quotes around a value are the .env file's, not the value's. */
function unquoted(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value?.trim().replace(/^(["'])(.*)\1$/, '$2') || undefined,
    ]),
  )
}

/** `sqlite…` means the embedded database; `postgresql+asyncpg://` means `postgresql://`. */
function databaseUrl(value: string | undefined, warnings: string[]): string | undefined {
  if (value?.startsWith('sqlite')) {
    warnings.push('DATABASE_URL names SQLite: using the embedded PostgreSQL in DATA_DIR instead.')
    return undefined
  }
  return value?.replace(/^(postgres(?:ql)?)\+\w+:/, '$1:')
}
