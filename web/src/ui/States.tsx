/** The faces of what is loading, empty, or failed. Drawn here once. */
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../lib/cn.ts'
import { t } from '../lib/language.ts'
import { isFinal, sayProblem } from '../lib/problem.ts'
import { Button } from './Button.tsx'

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-pulse rounded-md bg-muted', className)} />
}

export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <div role="status" aria-label={t('Loading')} className="flex flex-col gap-3 p-5">
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={at} className="h-6" />
      ))}
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  readonly note?: ReactNode
  readonly action?: ReactNode
}

export function Empty({ title, note, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-5 py-12 text-center">
      <p className="font-medium">{title}</p>
      {note && <p className="max-w-md text-sm text-muted-foreground">{note}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  )
}

/** Of a list that is filtered: there may be others. */
export function NoMatch({ title, onClear }: { title?: string; onClear: () => void }) {
  return (
    <Empty
      title={title ?? t('Nothing is like that.')}
      action={<Button onClick={onClear}>{t('Clear the filters')}</Button>}
    />
  )
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-5 py-12 text-center">
      <CircleAlert aria-hidden className="text-destructive" />
      <p className="font-medium">{t('This could not be read.')}</p>
      <p className="max-w-md text-sm text-muted-foreground" dir="auto">
        {sayProblem(error)}
      </p>
      {onRetry && !isFinal(error) && <Button onClick={onRetry}>{t('Try again')}</Button>}
    </div>
  )
}

interface FaultProps {
  readonly error: unknown
  /** What a page knows to say better. */
  readonly say?: (error: unknown) => string
}

/** A sentence above a form or list that says what went wrong. */
export function Fault({ error, say = sayProblem }: FaultProps) {
  if (!error) return null
  return (
    <p
      role="alert"
      dir="auto"
      className="rounded-md bg-destructive-soft px-3 py-2 text-sm text-destructive"
    >
      {say(error)}
    </p>
  )
}

export function Note({ tone, children }: { tone: 'good' | 'warn' | 'bad'; children: ReactNode }) {
  const colours = {
    good: 'bg-success-soft text-success',
    warn: 'bg-warning-soft text-warning',
    bad: 'bg-destructive-soft text-destructive',
  }
  return (
    <p role="status" dir="auto" className={cn('rounded-md px-3 py-2 text-sm', colours[tone])}>
      {children}
    </p>
  )
}
