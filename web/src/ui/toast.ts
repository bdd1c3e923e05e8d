/** Short words about what was done, shown for a while by Toasts.tsx. */

export interface Toast {
  readonly id: number
  readonly tone: 'good' | 'bad'
  readonly text: string
  /** Takes it back. */
  readonly onUndo?: () => void
}

const SHOWN_MS = 6_000
const UNDO_MS = 20_000 // to read, to decide and to get there by keyboard
let toasts: readonly Toast[] = []
let last = 0
const listeners = new Set<() => void>()

function change(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

export const readToasts = (): readonly Toast[] => toasts

export function onToasts(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function dismiss(id: number): void {
  change(toasts.filter((each) => each.id !== id))
}

export function toast(tone: Toast['tone'], text: string, onUndo?: () => void): void {
  const id = ++last
  change([...toasts, { id, tone, text, onUndo }])
  setTimeout(() => dismiss(id), onUndo ? UNDO_MS : SHOWN_MS)
}
