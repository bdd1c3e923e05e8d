/**
 * The text of a chosen file, for the page's own eyes: UTF-8, or UTF-16 as spreadsheets save "Unicode text".
 * The file itself goes to the server, which refuses what is neither.
 */
const LOOK = 4_096 // bytes

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

/** By the byte order mark, else by where the first zero byte stands: UTF-8 text has none. */
function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const zero = bytes.subarray(0, LOOK).indexOf(0)
  if (zero < 0) return 'utf-8'
  return zero % 2 === 1 ? 'utf-16le' : 'utf-16be'
}
