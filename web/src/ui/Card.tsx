/** A piece of a page with its own heading. */
import { type ReactNode, useId } from 'react'
import { cn } from '../lib/cn.ts'

interface Props {
  readonly title?: ReactNode
  readonly note?: ReactNode
  readonly actions?: ReactNode
  readonly children?: ReactNode
  readonly className?: string
  /** Without padding, for tables. */
  readonly flush?: boolean
}

export function Card({ title, note, actions, children, className, flush = false }: Props) {
  const id = useId()
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className={cn('min-w-0 rounded-xl border bg-card', flush && 'overflow-hidden', className)}
    >
      {title && (
        <header
          className={cn(
            'flex flex-wrap justify-between gap-2 px-5 pt-4 pb-2',
            note ? 'items-start' : 'items-center',
          )}
        >
          <div className="min-w-0">
            <h2 id={id} className="font-semibold">
              {title}
            </h2>
            {note && <p className="text-sm text-muted-foreground">{note}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? cn(title && 'pt-1') : cn('px-5 pb-5', title ? 'pt-1' : 'pt-5')}>
        {children}
      </div>
    </section>
  )
}
