/** The corner where short words appear. A live region, so that screen readers say them too. */
import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'
import { dismiss, onToasts, readToasts } from './toast.ts'

export function Toasts() {
  const toasts = useSyncExternalStore(onToasts, readToasts)
  return (
    <ul
      aria-live="polite"
      className="pointer-events-none fixed end-4 bottom-4 z-[60] flex max-w-[calc(100%-2rem)] flex-col gap-2 sm:max-w-sm"
    >
      {toasts.map(({ id, tone, text, onUndo }) => (
        <li
          key={id}
          className="pointer-events-auto flex items-start gap-3 rounded-lg border bg-card p-3 text-sm shadow-lg"
        >
          {tone === 'good' ? (
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-success" />
          ) : (
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-destructive" />
          )}
          <span dir="auto" className="min-w-0 flex-1 break-words">
            {text}
          </span>
          {onUndo && (
            <Button
              look="link"
              onClick={() => {
                dismiss(id)
                onUndo()
              }}
            >
              {t('Undo')}
            </Button>
          )}
          <button type="button" aria-label={t('Close')} onClick={() => dismiss(id)}>
            <X className="size-4" />
          </button>
        </li>
      ))}
    </ul>
  )
}
