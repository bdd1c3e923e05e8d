/** SHA-256 of a short text. Asking for a binary string and making a buffer of it takes half as long as asking for a buffer. */
import { hash } from 'node:crypto'

export const sha256 = (text: string): Buffer =>
  Buffer.from(hash('sha256', text, 'binary'), 'latin1')
