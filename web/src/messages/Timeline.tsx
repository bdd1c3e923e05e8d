/** What happened, in order: exact times, the gap since the step before, the vendor's own answer. */

import { cn } from '../lib/cn.ts'
import { exactTime, gap, zone } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import type { Tone } from '../ui/Badge.tsx'
import { happening } from './words.ts'

export interface TimelineEntry {
  readonly at: string
  readonly event: string
  readonly detail: string
  readonly properties: Readonly<Record<string, unknown>>
}

const dots: Record<Tone, string> = {
  plain: 'bg-muted-foreground',
  good: 'bg-success',
  warn: 'bg-warning',
  bad: 'bg-destructive',
  info: 'bg-info',
}

export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  return (
    <div>
      <ol aria-label={t('Timeline')} aria-live="polite" className="ms-1.5 border-s ps-5">
        {entries.map((entry, at) => {
          const [words, tone] = happening(entry.event)
          const before = entries[at - 1]
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries are only ever added at the end
            <li key={at} className="relative pb-4 last:pb-0">
              <span
                aria-hidden
                className={cn('absolute -start-[1.6rem] top-1.5 size-2.5 rounded-full', dots[tone])}
              />
              <p className="flex flex-wrap items-baseline gap-x-3">
                <span className="font-medium">{words}</span>
                <time
                  dateTime={entry.at}
                  title={entry.at}
                  className="text-xs text-muted-foreground tabular-nums"
                >
                  <bdi>{exactTime(entry.at)}</bdi>
                  {before && (
                    <>
                      {' · '}
                      <bdi dir="ltr">+{gap(before.at, entry.at)}</bdi>
                    </>
                  )}
                </time>
              </p>
              {!saysTheSame(entry.detail, words) && (
                <p dir="auto" className="text-sm break-words text-muted-foreground">
                  {said(entry.detail)}
                </p>
              )}
              {Object.keys(entry.properties).length > 0 && (
                <details className="text-xs text-muted-foreground">
                  <summary className="cursor-pointer">{t('All that is known')}</summary>
                  <pre tabIndex={0} className="mt-1 overflow-x-auto rounded bg-muted p-2">
                    {JSON.stringify(entry.properties, null, 2)}
                  </pre>
                </details>
              )}
            </li>
          )
        })}
      </ol>
      <p className="mt-3 text-xs text-muted-foreground">
        {t('Times in {zone}.', { zone: zone() })}
      </p>
    </div>
  )
}

/** "Delivered." below "Delivered" would be one word too many. */
const saysTheSame = (detail: string, words: string): boolean =>
  said(detail).replace(/^\u200f|\.$/g, '') === words
