/** The pixel: a transparent PNG of one dot and the headers that go with it, made once. */
import { crc32, deflateSync } from 'node:zlib'

/** One transparent pixel, 8-bit grey with alpha (PNG specification, 11.2 and 13.7). */
export const PIXEL = png()

/** The same as text: Node then writes headers and body in one piece, which is one system call less. */
export const PIXEL_TEXT = PIXEL.toString('latin1')

/** Nothing may keep it, or the next opening would not be seen. Any page may show it. */
export const PIXEL_HEADERS: readonly string[] = [
  ...['content-type', 'image/png'],
  ...['content-length', String(PIXEL.length)],
  ...['cache-control', 'no-store, no-cache, must-revalidate, private, max-age=0'],
  ...['pragma', 'no-cache'],
  ...['expires', '0'],
  ...['x-content-type-options', 'nosniff'],
  ...['referrer-policy', 'no-referrer'],
  ...['cross-origin-resource-policy', 'cross-origin'],
]

function png(): Buffer {
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const size = Buffer.from('0000000100000001', 'hex')
  const greyWithAlpha = Buffer.from('0804000000', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', Buffer.concat([size, greyWithAlpha])),
    chunk('IDAT', deflateSync(Buffer.from([0, 0, 0]))), // no filter, black, transparent
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
