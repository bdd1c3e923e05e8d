/** The frame of every page: its title, what one can do there, its content. */
import { type ReactNode, useEffect } from 'react'
import { cn } from '../lib/cn.ts'

interface Props {
  readonly title: string
  readonly note?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, note, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Beckon`
  }, [title])
  return (
    <div className="mx-auto flex w-full max-w-7xl flex-col gap-5 p-4 sm:p-6">
      <header
        className={cn(
          'flex flex-wrap justify-between gap-3',
          note ? 'items-start' : 'items-center',
        )}
      >
        <div className="min-w-0">
          <h1 className="text-xl font-semibold" dir="auto">
            {title}
          </h1>
          {note && (
            <p dir="auto" className="max-w-2xl text-sm text-muted-foreground">
              {note}
            </p>
          )}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}
