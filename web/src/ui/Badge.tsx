/** A short word with a colour that helps it; the word alone says it all. */
import type { ReactNode } from 'react'
import { cn } from '../lib/cn.ts'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

const tones: Record<Tone, string> = {
  plain: 'bg-muted text-muted-foreground',
  good: 'bg-success-soft text-success',
  warn: 'bg-warning-soft text-warning',
  bad: 'bg-destructive-soft text-destructive',
  info: 'bg-info-soft text-info',
}

export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={cn(
        'inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      {children}
    </span>
  )
}
