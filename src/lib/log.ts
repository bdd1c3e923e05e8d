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
      serializers: { err: pino.stdSerializers.err },
      hooks: showAddresses ? {} : { streamWrite: maskAddresses }, // fields and errors too
    },
    options.pretty ? prettyStream() : jsonStream(),
  )
}

/** ada@example.com becomes a…@example.com, +972501234567 becomes +972…67. */
function maskAddresses(text: string): string {
  return text
    .replace(/\b([A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}@([A-Za-z0-9.-]{1,253})/g, '$1…@$2')
    .replace(/\+(\d{3})\d{4,10}(\d{2})\b/g, '+$1…$2')
}

const STDOUT = 1

function jsonStream() {
  const sink = createLogSink(STDOUT)
  process.on('exit', sink.flush)
  return sink
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
        `${String(timestamp).slice(11, 19)} ${String(level).padEnd(5)} ${event ?? ''} ${rest.join(' ')}\n`,
      )
    },
  }
}
