/**
 * From the bytes of a CSV file to its text and delimiter. Spreadsheets save UTF-8 with and
 * without a byte order mark, and UTF-16 ("Unicode text"); where the comma is the decimal
 * mark they separate by semicolons.
 */
import { invalid } from '../errors.ts'

const HEAD = 64 * 1024 // bytes in which encoding and delimiter are looked for
const CHUNK = 64 * 1024 // bytes decoded at once, however large the source's chunks are
const DELIMITERS = [',', ';', '\t'] as const

export type Delimiter = (typeof DELIMITERS)[number]
type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** Reads as much as it takes to know the delimiter; `text` goes on from the first character. */
export async function decodeText(
  source: AsyncIterable<Uint8Array>,
): Promise<{ text: AsyncIterable<string>; delimiter: Delimiter }> {
  const chunks = source[Symbol.asyncIterator]()
  const head = await readHead(chunks)
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) {
    throw invalid('', 'This is a workbook or archive, not CSV. Save the sheet as CSV first.')
  }
  const encoding = detectEncoding(head)
  const start = new TextDecoder(encoding).decode(head)
  return { text: decode(head, chunks, encoding), delimiter: detectDelimiter(start) }
}

async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let length = 0
  while (length < HEAD) {
    const next = await chunks.next()
    if (next.done) break
    parts.push(next.value)
    length += next.value.length
  }
  return Buffer.concat(parts)
}

async function* decode(head: Buffer, rest: AsyncIterator<Uint8Array>, encoding: Encoding) {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let next: IteratorResult<Uint8Array> = { done: false, value: head }
  try {
    while (!next.done) {
      for (let at = 0; at < next.value.length; at += CHUNK) {
        yield decoder.decode(next.value.subarray(at, at + CHUNK), { stream: true })
      }
      next = await rest.next()
    }
    yield decoder.decode()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw invalid('', 'The file is neither UTF-8 nor UTF-16. Save it as "CSV UTF-8".')
  } finally {
    await rest.return?.()
  }
}

/** By byte order mark, else by where the zero bytes stand: every ASCII character has one in UTF-16. */
function detectEncoding(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  const length = Math.min(head.length, 4096)
  for (let i = 0; i < length; i++) if (head[i] === 0) zeros[i & 1]!++
  const enough = length / 40 // even in a language without ASCII letters, 1 character in 20 is a comma or newline
  if (zeros[1]! > enough && zeros[0]! < zeros[1]! / 8) return 'utf-16le'
  if (zeros[0]! > enough && zeros[1]! < zeros[0]! / 8) return 'utf-16be'
  return 'utf-8'
}

function detectDelimiter(start: string): Delimiter {
  const counts = { ',': 0, ';': 0, '\t': 0 }
  let quoted = false
  for (const char of start) {
    if (char === '"') quoted = !quoted
    else if (quoted) continue
    else if (char === '\n' || char === '\r') {
      if (counts[','] + counts[';'] + counts['\t'] > 0) break
    } else if (char === ',' || char === ';' || char === '\t') counts[char]++
  }
  return DELIMITERS.reduce((best, each) => (counts[each] > counts[best] ? each : best))
}
