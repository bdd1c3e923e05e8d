/** Answers what Node's parser refused, which no route ever sees: problem+json too, then the connection closes. */
import type { Socket } from 'node:net'
import { uuid7 } from '../lib/uuid7.ts'
import { problemOf } from './problem.ts'
import { securityHeaders } from './securityHeaders.ts'

const problems: Readonly<Record<string, readonly [status: number, title: string, detail: string]>> =
  {
    HPE_HEADER_OVERFLOW: [
      431,
      'Request Header Fields Too Large',
      'The header fields are larger than 16 KB.',
    ],
    ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long to arrive.'],
    HPE_CHUNK_EXTENSIONS_OVERFLOW: [
      413,
      'Payload Too Large',
      'The chunk extensions are too large.',
    ],
  }

/** For `clientErrorHandler` of Fastify. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  // Half of an answer may be out already, and after a reset there is nobody to answer.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, reason, detail] = problems[error.code ?? ''] ?? [
    400,
    'Bad Request',
    'This is not HTTP/1.1.',
  ]
  const problem = { ...problemOf('malformed', detail, uuid7()), status }
  const body = JSON.stringify(problem)
  const headers = {
    ...securityHeaders,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`)
  socket.destroySoon()
}
