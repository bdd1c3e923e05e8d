/**
 * What a template writes: text, and code between it, with the slots cut out.
 *
 * A slot is a stretch of the source that its caller fills at render time: a
 * link's target, whose own rendered text the caller gets to see, or the empty
 * place of the pixel or the hidden link. Slots are given in source order and do not overlap.
 */
import type { Scope } from './compileExpression.ts'
import { decodeEntities } from './entities.ts'
import type { Frame } from './frame.ts'

export type Write = (frame: Frame) => void

export interface Slot {
  readonly start: number
  readonly end: number
}

export interface Builder {
  readonly escape: boolean
  readonly slots: readonly Slot[]
  /** The first slot that is not yet built. */
  nextSlot: number
  /** How many loop variables have been numbered. */
  locals: number
}

export interface Place extends Scope {
  /** Inside a slot nothing is escaped and entities are read: its filler wants the plain value. */
  readonly inSlot: boolean
}

type Part = string | Write

/** The parts of one list of siblings; cuts the slots out of its text. */
export class PartList {
  readonly #builder: Builder
  readonly #place: Place
  readonly #parts: Part[] = []
  /** The slot that is open, and what is inside it so far. */
  #open: { id: number; end: number; parts: Part[] } | null = null

  constructor(builder: Builder, place: Place) {
    this.#builder = builder
    this.#place = place
  }

  /** Where code at this point of the list stands. */
  placeAt(offset: number): Place {
    this.#moveTo(offset)
    return this.#open === null ? this.#place : { ...this.#place, inSlot: true }
  }

  addWrite(write: Write): void {
    this.#target().push(write)
  }

  addText(source: string, begin: number, end: number): void {
    let at = begin
    while (at < end) {
      this.#moveTo(at)
      const cut = Math.min(end, this.#boundary(at))
      this.#addString(source.slice(at, cut))
      at = cut
    }
    this.#moveTo(end)
  }

  close(): Part[] {
    this.#closeSlot()
    return this.#parts
  }

  #moveTo(offset: number): void {
    const { slots } = this.#builder
    if (this.#place.inSlot) return
    if (this.#open !== null && this.#open.end <= offset) this.#closeSlot()
    while (this.#open === null) {
      const slot = slots[this.#builder.nextSlot]
      if (slot === undefined || slot.start > offset) return
      const id = this.#builder.nextSlot++
      // A slot that lies behind us was in text that is not rendered, such as a comment.
      if (slot.start === slot.end || slot.end > offset)
        this.#open = { id, end: slot.end, parts: [] }
      if (this.#open !== null && slot.end <= offset) this.#closeSlot()
    }
  }

  #boundary(offset: number): number {
    if (this.#place.inSlot) return Number.POSITIVE_INFINITY
    if (this.#open !== null) return this.#open.end
    const slot = this.#builder.slots[this.#builder.nextSlot]
    return slot === undefined || slot.start <= offset ? Number.POSITIVE_INFINITY : slot.start
  }

  #closeSlot(): void {
    if (this.#open === null) return
    const { id, parts } = this.#open
    this.#open = null
    this.#parts.push(slotWrite(id, parts))
  }

  #target(): Part[] {
    return this.#open?.parts ?? this.#parts
  }

  #addString(text: string): void {
    if (text === '') return
    const plain = this.#open !== null || this.#place.inSlot ? decodeEntities(text) : text
    const parts = this.#target()
    const last = parts.at(-1)
    if (typeof last === 'string') parts[parts.length - 1] = last + plain
    else parts.push(plain)
  }
}

function slotWrite(id: number, parts: Part[]): Write {
  const [only = ''] = parts
  if (parts.length <= 1 && typeof only === 'string') {
    return (frame) => {
      frame.out += frame.host?.fill(id, only) ?? only
    }
  }
  const inner = toWrite(parts)
  return (frame) => {
    const content = capture(frame, inner)
    frame.out += frame.host?.fill(id, content) ?? content
  }
}

export function capture(frame: Frame, write: Write): string {
  const before = frame.out
  frame.out = ''
  write(frame)
  const content = frame.out
  frame.out = before
  return content
}

export function toWrite(parts: readonly Part[]): Write {
  const [only] = parts
  if (parts.length === 1 && typeof only === 'function') return only
  return (frame) => {
    for (const part of parts) {
      if (typeof part === 'string') frame.out += part
      else {
        part(frame)
        if (frame.signal !== 'none') return
      }
    }
  }
}
