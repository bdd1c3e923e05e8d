/** Escape, where nothing else takes it: no dialog is open and nobody types. */
import { useEffect, useRef } from 'react'

const TAKEN = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]'

export function useEscape(on: boolean, work: () => void): void {
  const latest = useRef(work)
  latest.current = work
  useEffect(() => {
    if (!on) return
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || isTyping(event) || document.querySelector(TAKEN)) return
      latest.current()
    }
    // Before the dialog hears it and is gone.
    addEventListener('keydown', listen, { capture: true })
    return () => removeEventListener('keydown', listen, { capture: true })
  }, [on])
}

export function isTyping({ target }: Event): boolean {
  return target instanceof HTMLElement && target.closest(TYPED) !== null
}

const TYPED = 'input:not([type=checkbox]), textarea, select, [contenteditable=true]'
