/**
 * Answers pixels and links, straight from node:http: at tens of thousands a second a
 * framework's share would be half of the work. Routes in ../routes.ts document the two
 * paths and lead here where the server was not given this handler.
 *
 *   pixel   always the same bytes, whatever the token: it tells nobody which tokens are real
 *   link    302 only for a token that we signed; anything else is a page, and many of
 *           them from one network are 429 (guesses.ts). The hidden link leads to a page too
 *
 * A hit is answered when it is durable (recorder.ts).
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Clock } from '../../db/db.ts'
import { pageHeaders } from '../../lib/page.ts'
import { HONEYPOT_LINK, TOKEN_CHARS, type TokenContent, type Tokens } from '../../lib/token.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import type { TrackingCounters } from '../counters.ts'
import { createGuesses } from '../guesses.ts'
import { notFoundPage, nothingPage, unavailablePage } from '../pages.ts'
import type { NewHit } from '../store/hits.ts'
import { clientAddress } from './clientAddress.ts'
import type { Destinations } from './destinations.ts'
import { PIXEL_HEADERS, PIXEL_TEXT } from './pixel.ts'
import type { HitRecorder } from './recorder.ts'

const OPEN = '/api/track/open/'
const CLICK = '/api/track/click/'
const MAX_AGENT = 500 // characters of a User-Agent that are kept
const MAX_PURPOSE = 100
const RETRY_SECONDS = 5

export interface TrackingHandlerDeps {
  readonly tokens: Tokens
  readonly clock: Clock
  readonly recorder: Pick<HitRecorder, 'add'>
  readonly destinations: Destinations
  readonly counters: TrackingCounters
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[]
}

/** True when the request was for us and is, or will be, answered. */
export type TrackingHandler = (request: IncomingMessage, response: ServerResponse) => boolean

export function createTrackingHandler(deps: TrackingHandlerDeps): TrackingHandler {
  const { tokens, counters, recorder } = deps
  const guesses = createGuesses()
  const addressOf = clientAddress(deps.trustProxy)

  /** Refused: after how many seconds its network may try others; undefined: it may go on. */
  const refuse = (request: IncomingMessage): number | undefined => {
    counters.forgedTokens++
    return guesses.count(addressOf(request) ?? undefined, deps.clock.now())
  }

  const record = (kind: NewHit['kind'], content: TokenContent, request: IncomingMessage) => {
    const { headers } = request
    const purpose =
      headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-purpose'] ?? headers['x-moz']
    return recorder.add({
      id: uuid7(),
      workspaceNumber: content.workspaceNumber,
      messageId: content.messageId,
      kind,
      linkIndex: content.linkIndex,
      atMs: +deps.clock.now(),
      ip: addressOf(request),
      userAgent: headers['user-agent']?.slice(0, MAX_AGENT) ?? null,
      method: request.method ?? 'GET',
      purpose: purpose === undefined ? null : String(purpose).slice(0, MAX_PURPOSE),
    })
  }

  const open = (request: IncomingMessage, response: ServerResponse, path: string) => {
    const content = tokens.verify('open', tokenIn(path, OPEN.length, '.png'))
    if (!content) refuse(request)
    if (!content || request.method === 'HEAD') return sendPixel(response, 200)
    record('open', content, request).then(
      () => sendPixel(response, 200),
      () => sendPixel(response, 503), // it was not stored, and the picture is no reason to say otherwise
    )
  }

  const click = (request: IncomingMessage, response: ServerResponse, path: string) => {
    const content = tokens.verify('click', tokenIn(path, CLICK.length, ''))
    if (!content) {
      const after = refuse(request)
      return sendPage(response, after === undefined ? 404 : 429, notFoundPage, after)
    }
    if (content.linkIndex === HONEYPOT_LINK) {
      const tell = () => sendPage(response, 200, nothingPage)
      return void record('click', content, request).then(tell, tell)
    }
    const lead = (url: string | null) => {
      if (url === null) return sendPage(response, 404, notFoundPage)
      const redirect = () => void response.writeHead(302, redirectHeaders(url)).end()
      // A link is followed even where its click could not be stored; recorder has said so.
      record('click', content, request).then(redirect, redirect)
    }
    const url = deps.destinations.find(content)
    if (!(url instanceof Promise)) return lead(url)
    url.then(lead, () => sendPage(response, 503, unavailablePage, RETRY_SECONDS))
  }

  return (request, response) => {
    const path = request.url ?? ''
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    if (path.startsWith(OPEN)) open(request, response, path)
    else if (path.startsWith(CLICK)) click(request, response, path)
    else return false
    return true
  }
}

/** The token at `start`, followed by `ending` and perhaps a query; empty when the path is no such thing. */
function tokenIn(path: string, start: number, ending: string): string {
  const end = start + TOKEN_CHARS
  const rest = end + ending.length
  if (path.length < rest || !path.startsWith(ending, end)) return ''
  return path.length === rest || path[rest] === '?' ? path.slice(start, end) : ''
}

function sendPixel(response: ServerResponse, status: number): void {
  response.writeHead(status, PIXEL_HEADERS as string[]) // Node does not write to it
  response.end(PIXEL_TEXT, 'latin1')
}

/** 302: browsers keep 301 and 308, and the next click would not be seen. */
function redirectHeaders(location: string): string[] {
  return [
    ...['location', location],
    ...['content-length', '0'],
    ...['cache-control', 'no-store'],
    ...['referrer-policy', 'no-referrer-when-downgrade'],
    ...['x-robots-tag', 'noindex'],
    ...['x-content-type-options', 'nosniff'],
  ]
}

function sendPage(
  response: ServerResponse,
  status: number,
  page: typeof notFoundPage,
  retryAfter?: number,
): void {
  const nonce = randomBytes(16).toString('base64')
  const body = page({ locale: null, workspaceName: '', nonce })
  const headers: OutgoingHttpHeaders = {
    ...pageHeaders(nonce),
    'content-length': Buffer.byteLength(body),
  }
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter)
  response.writeHead(status, headers).end(body)
}
