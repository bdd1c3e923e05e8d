/**
 * Structured logs (pino), with what nobody should read there taken out: secrets by the
 * names of their fields, addresses masked unless the operator wants them.
 */
import pino, { type Logger } from 'pino'
import { createLogSink } from './logSink.ts'

const secretFields = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'api_key',
  'apiKey',
  'settings',
  'key',
  'user_password',
  'new_password',
  'code',
  'recovery_code',
  'webhook_url',
  'signature',
]
const paths = secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

export function createLog(options: {
  level: string
  pretty: boolean
  showAddresses: boolean
}): Logger {
  const { showAddresses } = options
  // A full disk or a terminal that was closed ends nobody's work; console.log comes here too.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  return pino(
    {
      level: options.level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['req.headers', 'headers', ...paths], censor: '[hidden]' },
      serializers: { err: serializeError },
      hooks: showAddresses ? {} : { streamWrite: maskAddresses }, // fields and errors too
    },
    options.pretty ? prettyStream() : jsonStream(),
  )
}

/** An error's code, such as ECONNRESET, is no secret, as a field `code` of a login is: it gets another name. */
export function serializeError(error: Error) {
  const { code, ...shown } = pino.stdSerializers.err(error)
  return typeof code === 'string' ? { ...shown, error_code: code } : shown
}

/** ada@example.com becomes a…@example.com, +972501234567 becomes +972…67. */
function maskAddresses(text: string): string {
  return text
    .replace(
      /(\\u[\da-f]{4}|\\.)?([A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}@([A-Za-z0-9.-]{1,253})/g,
      '$1$2…@$3', // an escape before it is JSON's and stays whole
    )
    .replace(/\+(\d{3})\d{4,10}(\d{2})\b/g, '+$1…$2')
}

const STDOUT = 1

function jsonStream() {
  const sink = createLogSink(STDOUT)
  process.on('exit', sink.flush)
  return sink
}

/** What would begin another line, or speak to the terminal: somebody's name may hold it. */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** Text that stays on its line and colours nothing. */
export function inOneLine(text: string): string {
  return text.replace(CONTROL, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** One readable line per entry: time, level, what happened, fields. */
function prettyStream() {
  return {
    write(line: string) {
      const { level, timestamp, event, ...fields } = JSON.parse(line)
      const rest = Object.entries(fields).map(
        ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      process.stdout.write(
        `${String(timestamp).slice(11, 19)} ${String(level).padEnd(5)} ${inOneLine(`${event ?? ''} ${rest.join(' ')}`)}\n`,
      )
    },
  }
}
