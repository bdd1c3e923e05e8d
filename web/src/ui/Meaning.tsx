/** A term with what it means: told on hover, on focus and on a touch; Escape puts it away. As wide as the nearest `relative`. */
import { type ReactNode, useId } from 'react'

export function Meaning({ of, children }: { of: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <span className="group">
      <button
        type="button"
        aria-describedby={id}
        className="min-h-6 cursor-help text-start underline decoration-dotted decoration-from-font underline-offset-4"
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      >
        {of}
      </button>
      <span
        id={id}
        role="tooltip"
        dir="auto"
        className="invisible absolute inset-x-2 top-11 z-10 rounded-md border bg-card px-3 py-2 text-sm font-normal text-foreground shadow-lg group-focus-within:visible group-hover:visible"
      >
        {children}
      </span>
    </span>
  )
}
