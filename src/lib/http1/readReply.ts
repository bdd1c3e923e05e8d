/**
 * Reads one HTTP/1.1 reply from the pieces in which it arrives (RFC 9112).
 *
 * Strict where leniency lets two readers see two different replies: lines end with CRLF,
 * names are tokens, there is one length. Everything has a limit.
 */
const MAX_HEAD_BYTES = 16_384 // of one head, of the trailers, of one line of a chunk
const MAX_INFORMATIONAL = 10 // heads before the answer's
const MAX_LINES_PER_BYTE = 16 // bytes of lines between chunks, for each byte in chunks
const HEAD_END = '\r\n\r\n'
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\0\r\n]*)?$/
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/ // RFC 9110 §5.6.2
const NOT_IN_VALUES = /[\0\r\n]/ // RFC 9110 §5.5
const FINALLY_CHUNKED = /(?:^|[,\s])chunked$/i
const CLOSE = /(?:^|[,\s])close(?:$|[,\s])/i
const CHUNK_SIZE = /^([0-9a-f]{1,8})[\t ]*(?:;[^\0\r\n]*)?$/i

/** This is no reply that we read to its end; the message says why, without its content. */
export class BadReply extends Error {
  override name = 'BadReply'
}

export interface WholeReply {
  readonly status: number
  readonly fields: Fields
  readonly bytes: Buffer
}

/** Names in lower case and their values, in turns. */
export type Fields = readonly string[]

type Part =
  | 'head'
  | 'length'
  | 'size'
  | 'chunk'
  | 'chunk end'
  | 'trailer'
  | 'until closed'
  | 'whole'

const nothing = Buffer.alloc(0)
const none: Fields = []

export class ReplyReader {
  readonly #maxBytes: number
  #part: Part = 'head'
  /** Of a head or a line, until its end is here. */
  #begun = nothing
  #status = 0
  #fields: Fields = none
  #keepsOpen = false
  /** Bytes of the body, or of this chunk, that are to come. */
  #left = 0
  #size = 0
  #trailers = 0
  #informational = 0
  /** Bytes of the lines between chunks. */
  #lines = 0
  /** The body's first #size bytes are here, with room for more. */
  #body: Buffer = nothing

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get reply(): WholeReply {
    const bytes = this.#body.subarray(0, this.#size)
    return { status: this.#status, fields: this.#fields, bytes }
  }

  /** Whether another request may follow on this connection. */
  get keepsOpen(): boolean {
    return this.#keepsOpen
  }

  /** True once the reply is whole. Throws BadReply. */
  read(piece: Buffer): boolean {
    let at = 0
    while (at < piece.length && this.#part !== 'whole') at = this.#step(piece, at)
    if (this.#part !== 'whole') return false
    if (at < piece.length) this.#keepsOpen = false // more than was asked for
    return true
  }

  /** The other side says no more. True when the reply is whole by that (RFC 9112 §6.3). */
  end(): boolean {
    return this.#part === 'until closed'
  }

  /** Reads on from `at`; answers where the next part begins. */
  #step(piece: Buffer, at: number): number {
    switch (this.#part) {
      case 'head':
        return this.#head(piece, at)
      case 'length':
      case 'chunk':
      case 'until closed':
        return this.#bytes(piece, at)
      default:
        return this.#line(piece, at)
    }
  }

  #head(piece: Buffer, at: number): number {
    const before = this.#begun.length
    const bytes = before > 0 ? Buffer.concat([this.#begun, piece.subarray(at)]) : piece
    const from = before > 0 ? 0 : at
    const end = bytes.indexOf(HEAD_END, from)
    if ((end < 0 ? bytes.length : end) - from >= MAX_HEAD_BYTES) {
      throw new BadReply('the head of the reply is too large')
    }
    if (end < 0) {
      const begin = bytes.toString('latin1', from, from + 7)
      if (!'HTTP/1.'.startsWith(begin)) throw new BadReply('this is not HTTP/1.1')
      this.#begun = Buffer.from(bytes.subarray(from))
      return piece.length
    }
    this.#begun = nothing
    this.#readHead(bytes.toString('latin1', from, end))
    return at + end - from + HEAD_END.length - before
  }

  #readHead(text: string) {
    const lineEnd = text.indexOf('\r\n')
    const line = STATUS_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd))
    if (!line) throw new BadReply('this is not HTTP/1.1')
    this.#status = Number(line[2])
    this.#fields = lineEnd < 0 ? none : readFields(text, lineEnd + 2)
    if (this.#status === 101) throw new BadReply('another protocol, which nobody asked for')
    if (this.#status < 200) return this.#passInformational()
    const connection = fieldOf(this.#fields, 'connection')
    this.#keepsOpen = line[1] === '1' && !(connection !== undefined && CLOSE.test(connection))
    this.#part = this.#frame()
  }

  /** RFC 9110 §15.2: the answer follows. */
  #passInformational() {
    if (++this.#informational > MAX_INFORMATIONAL)
      throw new BadReply('it never comes to its answer')
  }

  /** How the body is delimited (RFC 9112 §6.3). */
  #frame(): Part {
    if (this.#status === 204 || this.#status === 304) return 'whole'
    const length = fieldOf(this.#fields, 'content-length')
    const coding = fieldOf(this.#fields, 'transfer-encoding')
    if (coding !== undefined) {
      if (length !== undefined) throw new BadReply('it has two lengths')
      if (FINALLY_CHUNKED.test(coding)) return 'size'
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw new BadReply('its length is not a number')
      this.#left = Number(length)
      if (this.#left > this.#maxBytes) throw tooLarge()
      return this.#left === 0 ? 'whole' : 'length'
    }
    this.#keepsOpen = false
    this.#left = Number.POSITIVE_INFINITY
    return 'until closed'
  }

  #bytes(piece: Buffer, at: number): number {
    const end = Math.min(piece.length, at + this.#left)
    if (this.#size + end - at > this.#maxBytes) throw tooLarge()
    this.#keep(piece.subarray(at, end))
    this.#left -= end - at
    if (this.#left === 0) this.#part = this.#part === 'chunk' ? 'chunk end' : 'whole'
    return end
  }

  /** Copied unless it is the whole body: a slice, however short, keeps all of what arrived with it. */
  #keep(part: Buffer) {
    const size = this.#size + part.length
    if (this.#part === 'length' && part.length === this.#left && this.#size === 0) this.#body = part
    else if (size > this.#body.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(size * 2, 1_024), this.#maxBytes))
      this.#body.copy(larger, 0, 0, this.#size)
      this.#body = larger
    }
    if (this.#body !== part) part.copy(this.#body, this.#size)
    this.#size = size
  }

  /** The lines between chunks, and the trailers, which nobody looks at (RFC 9112 §7.1). */
  #line(piece: Buffer, at: number): number {
    const end = piece.indexOf(10, at) // LF
    const next = end < 0 ? piece.length : end + 1
    if (this.#begun.length + next - at > MAX_HEAD_BYTES) throw new BadReply('a line is too long')
    const part = piece.subarray(at, next)
    const line = this.#begun.length > 0 ? Buffer.concat([this.#begun, part]) : part
    this.#begun = end < 0 ? Buffer.from(line) : nothing
    this.#lines += part.length
    if (this.#lines > MAX_HEAD_BYTES + this.#size * MAX_LINES_PER_BYTE) {
      throw new BadReply('there is too much between its chunks')
    }
    if (end >= 0) this.#part = this.#afterLine(line.toString('latin1'))
    return next
  }

  #afterLine(line: string): Part {
    if (!line.endsWith('\r\n')) throw new BadReply('a line of it does not end with CRLF')
    const text = line.slice(0, -2)
    if (this.#part === 'trailer') return this.#afterTrailer(text)
    if (this.#part === 'chunk end') {
      if (text !== '') throw new BadReply('a chunk is longer than it says')
      return 'size'
    }
    const size = CHUNK_SIZE.exec(text)?.[1]
    if (size === undefined) throw new BadReply('the size of a chunk is not a number')
    this.#left = Number.parseInt(size, 16)
    if (this.#size + this.#left > this.#maxBytes) throw tooLarge()
    return this.#left === 0 ? 'trailer' : 'chunk'
  }

  #afterTrailer(text: string): Part {
    this.#trailers += text.length
    if (this.#trailers > MAX_HEAD_BYTES) throw new BadReply('its trailers are too large')
    return text === '' ? 'whole' : 'trailer'
  }
}

/** What came several times is joined by commas (RFC 9110 §5.3). `name` is in lower case. */
export function fieldOf(fields: Fields, name: string): string | undefined {
  let value: string | undefined
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] !== name) continue
    value = value === undefined ? fields[at + 1] : `${value}, ${fields[at + 1]}`
  }
  return value
}

function readFields(text: string, from: number): Fields {
  const fields: string[] = []
  for (let at = from; at < text.length; ) {
    const found = text.indexOf('\r\n', at)
    const end = found < 0 ? text.length : found
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > end) throw new BadReply('a header has no value')
    const name = text.slice(at, colon).toLowerCase()
    const value = withoutBlanks(text, colon + 1, end)
    // A line that begins with a blank (obs-fold) has no token for a name either.
    if (!TOKEN.test(name) || NOT_IN_VALUES.test(value)) throw new BadReply('a header is malformed')
    fields.push(name, value)
    at = end + 2
  }
  return fields
}

function withoutBlanks(text: string, from: number, to: number): string {
  let [begin, end] = [from, to]
  while (begin < end && isBlank(text.charCodeAt(begin))) begin++
  while (end > begin && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(begin, end)
}

const isBlank = (code: number) => code === 0x20 || code === 0x09

const tooLarge = () => new BadReply('it is too large')
