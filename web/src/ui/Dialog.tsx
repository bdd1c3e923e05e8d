/** A window over the page: in the middle, or (`side`) at the end of the line like a drawer. */
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from '../lib/cn.ts'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'

interface Props {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly note?: ReactNode
  readonly side?: 'middle' | 'end' | 'start'
  readonly className?: string
  readonly children: ReactNode
}

/** Where somebody types goes on at once; what is only read is not entered by its close button. */
function focusFirstField(event: Event): void {
  const content = event.currentTarget
  if (!(content instanceof HTMLElement)) return
  event.preventDefault()
  const field = content.querySelector<HTMLElement>('input:not([type=hidden]), textarea, select')
  ;(field ?? content).focus()
}

const places = {
  middle:
    'top-1/2 left-1/2 max-h-[90vh] w-[calc(100%-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 rounded-xl border',
  end: 'inset-y-0 end-0 h-full w-full max-w-2xl border-s',
  start: 'inset-y-0 start-0 h-full w-72 max-w-[85vw] border-e',
}

export function Dialog({
  open,
  onClose,
  title,
  note,
  side = 'middle',
  className,
  children,
}: Props) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          className={cn(
            'fixed z-50 flex flex-col gap-4 overflow-y-auto bg-card p-5 shadow-xl outline-none',
            places[side],
            className,
          )}
          {...(note ? {} : { 'aria-describedby': undefined })}
          tabIndex={-1}
          onOpenAutoFocus={focusFirstField}
        >
          <div className="flex items-start justify-between gap-3">
            <div className="min-w-0">
              <Radix.Title className="text-lg font-semibold" dir="auto">
                {title}
              </Radix.Title>
              {note && (
                <Radix.Description className="text-sm text-muted-foreground">
                  {note}
                </Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <Button look="ghost" size="icon" aria-label={t('Close')}>
                <X />
              </Button>
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
