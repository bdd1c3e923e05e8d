import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { documents } from '../test/helpers/documents.ts'
import { envExample } from './config/variables.ts'
import { readConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'beckon-config-'))
after(() => rmSync(folder, { recursive: true }))

function file(content: string): string {
  const path = join(folder, crypto.randomUUID())
  writeFileSync(path, content)
  return path
}

function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof Error)
    return error.message.split('\n').slice(1)
  }
  return []
}

const warningsOf = (env: Record<string, string>) => readConfig(env).warnings.join('\n')

const found = documents()
for (const number of ['000', '001', '002', '003', '004']) {
  const document = found.find(({ name }) => name === number)
  const skip = document ? false : 'the documents are not beside the project'
  test(`the .env of document ${number}, as printed, is read`, { skip }, () => {
    const config = readConfig(document?.env ?? {})
    assert.ok(config.PORT > 0)
  })
}

test('what the documents print is found in them', { skip: found.length === 0 }, () => {
  const names = found.flatMap(({ env }) => Object.keys(env))
  for (const name of ['POLLING_ENABLED', 'OREE_API_KEY', 'ADMIN_SECRET', 'NOTIFICATIONS_PORT'])
    assert.ok(names.includes(name), name)
})

/** Of documents 000 to 003, for where they are not at hand; 004 prints none. */
const printed: Readonly<Record<string, Record<string, string>>> = {
  'email alerts': {
    CLOSEIO_API_KEY: 'your_key',
    POLLING_ENABLED: 'true',
    POLLING_INTERVAL_SECONDS: '300',
    CACHE_RETENTION_HOURS: '24',
    HOST: '0.0.0.0',
    PORT: '8000',
  },
  'a campaign system': {
    DEBUG: 'True',
    SECRET_KEY: 'your-secret-key',
    ALLOWED_HOSTS: 'localhost,127.0.0.1',
    DB_NAME: 'main',
    DB_USER: 'owner',
    DB_PASSWORD: 'your-password',
    DB_HOST: 'host.example.com',
    DB_PORT: '5432',
    REDIS_URL: 'redis://localhost:6379/0',
    CELERY_BROKER_URL: 'redis://localhost:6379/0',
    GOOGLE_REDIRECT_URI: 'http://localhost:8000/api/oauth/callback',
    JWT_SECRET_KEY: 'your-jwt-secret',
    JWT_ALGORITHM: 'HS256',
    OREE_API_KEY: 'your-api-key',
  },
  'lead automation': {
    MONDAY_BOARD_ID: '1234567890',
    META_PHONE_ID: '123456789012345',
    DATABASE_URL: 'sqlite+aiosqlite:///./data/leads.db',
    ADMIN_SECRET: 'change-me-in-production',
    ENVIRONMENT: 'development',
    LOG_LEVEL: 'INFO',
  },
  'a notification service': {
    NOTIFICATIONS_PORT: '8018',
    NOTIFICATIONS_HOST: '0.0.0.0',
    LOG_LEVEL: 'INFO',
    DATABASE_URL: 'postgresql://user:pass@localhost/notifications',
    SENDGRID_API_KEY: 'your_sendgrid_key',
    TWILIO_ACCOUNT_SID: 'your_twilio_sid',
    TWILIO_AUTH_TOKEN: 'your_twilio_token',
    FIREBASE_SERVER_KEY: 'your_firebase_key',
    JWT_SECRET: 'your_jwt_secret',
    WEBHOOK_SECRET: 'your_webhook_secret',
    ENCRYPTION_KEY: 'your_encryption_key',
  },
}

for (const [what, env] of Object.entries(printed)) {
  test(`settings of ${what} are read, bare and in quotes`, () => {
    const bare = readConfig(env)
    for (const quote of ['"', "'"]) {
      const quoted = Object.entries(env).map(([name, value]) => [name, `${quote}${value}${quote}`])
      assert.deepEqual(readConfig(Object.fromEntries(quoted)), bare)
    }
  })
}

test('what Beckon has no use for costs a line each, and what it cannot use says what to do', () => {
  const warnings = warningsOf(printed['a campaign system']!)
  for (const name of ['DEBUG', 'SECRET_KEY', 'REDIS_URL', 'CELERY_BROKER_URL', 'DB_HOST'])
    assert.match(warnings, new RegExp(`${name} is not needed`))
  assert.match(warnings, /GOOGLE_REDIRECT_URI is not used.*SMTP_URL/)
  const service = warningsOf(printed['a notification service']!)
  assert.match(service, /FIREBASE_SERVER_KEY.*FIREBASE_SERVICE_ACCOUNT/)
  assert.match(service, /WEBHOOK_SECRET.*webhooks that we send/)
  assert.match(service, /SENDGRID_API_KEY is not used.*SMTP_URL/)
  for (const name of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'])
    assert.match(service, new RegExp(`${name} is not used.*sandbox`))
})

test('names of other systems are understood, and ours go first', () => {
  const { PORT, HOST, JWT_SECRET_KEY } = readConfig(printed['a notification service']!)
  assert.deepEqual([PORT, HOST, JWT_SECRET_KEY], [8018, '0.0.0.0', 'your_jwt_secret'])
  const both = readConfig({
    PORT: '1',
    NOTIFICATIONS_PORT: '2',
    HOST: 'a',
    NOTIFICATIONS_HOST: 'b',
  })
  assert.deepEqual([both.PORT, both.HOST], [1, 'a'])
  assert.equal(readConfig({ PORT: '', NOTIFICATIONS_PORT: '2' }).PORT, 2)
  assert.equal(readConfig({}).PORT, 8000)
})

test('a short OREE_API_KEY is no key, and is told of', () => {
  const config = readConfig({ OREE_API_KEY: 'fifteen-letters' })
  assert.equal(config.OREE_API_KEY, undefined)
  assert.match(config.warnings.join('\n'), /OREE_API_KEY is shorter than 16/)
  assert.equal(readConfig({ OREE_API_KEY: 'sixteen--letters' }).OREE_API_KEY, 'sixteen--letters')
})

test('every secret may come from a file, whatever it is called', () => {
  const config = readConfig({
    ENCRYPTION_KEY_FILE: file('a key\n'),
    JWT_SECRET_FILE: `"${file('  a secret ')}"`,
    OREE_API_KEY_FILE: file('"quotes belong to it"'),
    ADMIN_EMAIL: 'a@example.com',
    ADMIN_PASSWORD_FILE: file('violet tractor ninety'),
    DATABASE_URL_FILE: file('postgres://somewhere/beckon'),
    ADMIN_SECRET: 'given',
    ADMIN_SECRET_FILE: file('not taken'),
    UNKNOWN_FILE: '/nowhere',
  })
  assert.equal(config.ENCRYPTION_KEY, 'a key')
  assert.equal(config.JWT_SECRET_KEY, 'a secret')
  assert.equal(config.OREE_API_KEY, '"quotes belong to it"')
  assert.equal(config.ADMIN_PASSWORD, 'violet tractor ninety')
  assert.equal(config.DATABASE_URL, 'postgres://somewhere/beckon')
  assert.equal(config.ADMIN_SECRET, 'given')
})

for (const [given, level] of Object.entries({
  debug: 'debug',
  Info: 'info',
  INFO: 'info',
  Warn: 'warn',
  WARNING: 'warn',
  error: 'error',
  CRITICAL: 'fatal',
  Fatal: 'fatal',
})) {
  test(`LOG_LEVEL ${given} is ${level}`, () => {
    assert.equal(readConfig({ LOG_LEVEL: given }).LOG_LEVEL, level)
  })
}

for (const [given, taken] of Object.entries({
  'postgresql+asyncpg://user:pass@localhost/a': 'postgresql://user:pass@localhost/a',
  'postgres+psycopg2://localhost/a': 'postgres://localhost/a',
  'postgresql://localhost/a+b': 'postgresql://localhost/a+b',
  'postgres://u:p%40ss@host:5433/a?sslmode=require':
    'postgres://u:p%40ss@host:5433/a?sslmode=require',
})) {
  test(`DATABASE_URL ${given} is ${taken}`, () => {
    assert.equal(readConfig({ DATABASE_URL: given }).DATABASE_URL, taken)
  })
}

for (const url of ['sqlite:///./a.db', 'sqlite+aiosqlite:///./data/leads.db', 'sqlite://']) {
  test(`DATABASE_URL ${url} means the embedded database, and it says so`, () => {
    const config = readConfig({ DATABASE_URL: url })
    assert.equal(config.DATABASE_URL, undefined)
    assert.match(config.warnings.join('\n'), /embedded PostgreSQL/)
  })
}

test('a placeholder is told of in development and refused in production, on every variable', () => {
  const env = { ADMIN_SECRET: 'change-me-in-production', ENCRYPTION_KEY: 'change-me-in-production' }
  for (const name of Object.keys(env))
    assert.match(warningsOf(env), new RegExp(`${name} still has`))
  const faults = faultsOf({ ...env, ENVIRONMENT: 'production' })
  assert.equal(faults.length, 2)
  for (const name of Object.keys(env)) assert.match(faults.join('\n'), new RegExp(`- ${name}: `))
})

test('every fault is listed at once, by name and without its value', () => {
  const wrong = {
    ENVIRONMENT: 'staging',
    PORT: 'http',
    PUBLIC_URL: 'beckon.example.com',
    DATABASE_URL: 'mysql://secret@localhost/a',
    DATABASE_CONNECTIONS: '1',
    LOG_LEVEL: 'loud',
    LOG_PII: 'perhaps',
    JWT_ALGORITHM: 'none',
    ADMIN_EMAIL: 'nobody',
    ADMIN_PASSWORD: 'secret',
    TIME_ZONE: 'Mars/Olympus',
    TRUST_PROXY: '10.0.0.0/8, secret',
    DEFAULT_COUNTRY: 'Israel',
    SMTP_URL: 'smtp://secret@localhost',
    ENCRYPTION_KEY_FILE: '/nowhere/key',
  }
  const faults = faultsOf(wrong).join('\n')
  for (const name of Object.keys(wrong).map((each) => each.replace('SMTP_URL', 'EMAIL_FROM')))
    assert.match(faults, new RegExp(`- ${name}: `), name)
  assert.ok(!faults.includes('secret'), faults)
  assert.equal(faults.split('\n').length, Object.keys(wrong).length)
})

for (const [name, value] of [
  ['PORT', '-1'],
  ['PORT', '65536'],
  ['PORT', '80.5'],
  ['PORT', '1e9'],
  ['DATABASE_CONNECTIONS', '201'],
  ['PUBLIC_URL', 'ftp://example.com'],
  ['PUBLIC_URL', 'javascript:alert(1)'],
  ['STATS_PUBLIC', '2'],
  ['CONTENT_RETENTION_DAYS', '0'],
  ['API_DOCS', 'yes'],
  ['JWT_ALGORITHM', 'RS256'],
  ['SESSION_IDLE_MINUTES', 'NaN'],
  ['TRUST_PROXY', '10.0.0.0/33'],
] as const) {
  test(`${name}=${value} is a fault of that name`, () => {
    const faults = faultsOf({ [name]: value })
    assert.equal(faults.length, 1)
    assert.match(faults[0]!, new RegExp(`- ${name}: `))
  })
}

test('flags are read as people write them, and "false" is false', () => {
  for (const text of ['true', 'TRUE', '1', 'yes', 'on'])
    assert.equal(readConfig({ LOG_PII: text }).LOG_PII, true)
  for (const text of ['false', 'False', '0', 'no', 'off', ''])
    assert.equal(readConfig({ LOG_PII: text }).LOG_PII, false)
})

test('ENVIRONMENT sets defaults, and what is said goes before them', () => {
  const development = readConfig({}, { terminal: true })
  const production = readConfig({ ENVIRONMENT: 'production' }, { terminal: true })
  const { API_DOCS, LOG_FORMAT, ERROR_DETAIL } = development
  assert.deepEqual([API_DOCS, LOG_FORMAT, ERROR_DETAIL], ['public', 'pretty', true])
  assert.deepEqual(
    [production.API_DOCS, production.LOG_FORMAT, production.ERROR_DETAIL],
    ['login', 'json', false],
  )
  const said = { ENVIRONMENT: 'production', API_DOCS: 'public', ERROR_DETAIL: 'true' }
  assert.deepEqual([readConfig(said).API_DOCS, readConfig(said).ERROR_DETAIL], ['public', true])
  assert.equal(readConfig({}).LOG_FORMAT, 'json')
})

test('PUBLIC_URL is asked for, ends without a slash, and else is here', () => {
  assert.match(warningsOf({ PORT: '9000' }), /PUBLIC_URL is not set.*localhost:9000/)
  assert.equal(readConfig({ PORT: '9000' }).PUBLIC_URL, 'http://localhost:9000')
  const config = readConfig({ PUBLIC_URL: 'https://example.com/a//' })
  assert.equal(config.PUBLIC_URL, 'https://example.com/a')
  assert.ok(!config.warnings.join().includes('PUBLIC_URL'))
})

test('the example names every setting with its default, and is itself read', () => {
  const lines = envExample().split('\n')
  const settings = lines.filter((line) => /^# [A-Z_]+=/.test(line)).map((line) => line.slice(2))
  const env = Object.fromEntries(
    settings.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  assert.ok(Object.keys(env).length > 30)
  const written = (given: Record<string, string>) => JSON.parse(JSON.stringify(readConfig(given)))
  assert.deepEqual(written(env), written({}))
})

test('the lead recipe alone has the name of the service that it replaces', () => {
  const leads = {
    ...{ MONDAY_API_KEY: 'x', MONDAY_BOARD_ID: '1', META_API_TOKEN: 'x', META_PHONE_ID: '2' },
    ADMIN_SECRET: 'a-long-secret',
  }
  assert.equal(readConfig(leads).SERVICE_NAME, 'Lead Automation Service')
  assert.equal(readConfig({ ...leads, CLOSEIO_API_KEY: 'x' }).SERVICE_NAME, 'Beckon')
  assert.equal(readConfig({ ...leads, SERVICE_NAME: 'Ours' }).SERVICE_NAME, 'Ours')
  assert.equal(readConfig({}).SERVICE_NAME, 'Beckon')
})

test('what Meta’s webhook lacks is said at the start, each until it is set', () => {
  const warned = (env: Record<string, string>) =>
    ['META_APP_SECRET', 'ADMIN_SECRET'].filter((name) =>
      warningsOf(env).includes(`${name} is not set`),
    )
  const token = { META_API_TOKEN: 'token', META_PHONE_ID: '1' }
  assert.deepEqual(warned({}), [])
  assert.deepEqual(warned(token), ['META_APP_SECRET', 'ADMIN_SECRET'])
  assert.deepEqual(warned({ ...token, META_APP_SECRET: 'secret' }), ['ADMIN_SECRET'])
  assert.deepEqual(warned({ ...token, META_APP_SECRET: 'secret', ADMIN_SECRET: 'word' }), [])
})
