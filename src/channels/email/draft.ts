/**
 * A message in the making: header text and bodies in order, written into one buffer
 * of exactly the right size at the end.
 */
import { Buffer } from 'node:buffer'
import { base64Size, writeBase64 } from './base64.ts'

interface Body {
  /** Text between the body before this one and itself. */
  readonly before: string
  readonly content: string | Buffer
  readonly size: number
}

const scratch = Buffer.allocUnsafe(64 * 1024) // bytes; longer texts get a buffer of their own

export class Draft {
  readonly #bodies: Body[] = []
  #text = ''
  #size = 0

  /** Text that goes out as it is. */
  add(text: string) {
    this.#text += text
  }

  addBase64(content: string | Buffer) {
    const size = typeof content === 'string' ? Buffer.byteLength(content) : content.length
    this.#bodies.push({ before: this.#text, content, size })
    this.#size += Buffer.byteLength(this.#text) + base64Size(size)
    this.#text = ''
  }

  bytes(): Buffer {
    const message = Buffer.allocUnsafe(this.#size + Buffer.byteLength(this.#text))
    let at = 0
    for (const { before, content, size } of this.#bodies) {
      at += message.write(before, at)
      at = writeBase64(message, at, utf8(content, size), size)
    }
    message.write(this.#text, at)
    return message
  }
}

/** Short texts share the scratch space: they are encoded before the next one is written. */
function utf8(content: string | Buffer, size: number): Buffer {
  if (typeof content !== 'string') return content
  if (size > scratch.length) return Buffer.from(content)
  scratch.write(content)
  return scratch
}
