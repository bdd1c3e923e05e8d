/** Above a journey that is being changed: back and forth, what is wrong, the rest of the document, and saving. */
import { CircleAlert, CircleCheck, Redo2, Undo2 } from 'lucide-react'
import { useEffect } from 'react'
import { t } from '../lib/language.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Button } from '../ui/Button.tsx'
import { Fault } from '../ui/States.tsx'
import type { Draft } from './draft.ts'
import type { Faults } from './useFaults.ts'

interface Props {
  readonly draft: Draft
  readonly faults: Faults
  readonly error: unknown
  readonly pending: boolean
  readonly save: string
  readonly isNew?: boolean
  /** A form of it is open, which would be closed without what is written there. */
  readonly isOpen: boolean
  /** JSON is written that is not taken over. */
  readonly isTyped: boolean
  readonly onRules: () => void
  readonly onLeave: () => void
  readonly onSave: () => void
}

export function EditBar({ draft, faults, error, pending, save, isNew = false, ...deeds }: Props) {
  const { isOpen, isTyped, onRules, onLeave, onSave } = deeds
  const isSound = faults.isChecked && faults.all.length === 0
  const maySave = isSound && (draft.isChanged || isNew) && !pending && !isTyped
  useKeys(draft, isOpen, () => maySave && onSave())
  return (
    <section
      aria-label={t('Changing the journey')}
      className="flex flex-col gap-2 rounded-xl border bg-card p-3"
    >
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="icon"
          aria-label={t('Undo')}
          title={`${t('Undo')} (Ctrl+Z)`}
          aria-keyshortcuts="Control+Z"
          disabled={!draft.canUndo}
          onClick={draft.undo}
        >
          <Undo2 className="rtl:-scale-x-100" />
        </Button>
        <Button
          size="icon"
          aria-label={t('Redo')}
          title={`${t('Redo')} (Ctrl+Shift+Z)`}
          aria-keyshortcuts="Control+Shift+Z"
          disabled={!draft.canRedo}
          onClick={draft.redo}
        >
          <Redo2 className="rtl:-scale-x-100" />
        </Button>
        <Button onClick={onRules}>{t('Beginning and rules')}</Button>
        <span
          role="status"
          className="flex min-w-0 items-center gap-1.5 text-sm max-sm:order-last max-sm:w-full sm:flex-1"
        >
          {isTyped && t('What is written in the document is not taken over yet.')}
          {!isTyped && !faults.isChecked && (
            <span className="text-muted-foreground">{t('Checking…')}</span>
          )}
          {!isTyped && faults.isChecked && isSound && (
            <>
              <CircleCheck aria-hidden className="size-4 shrink-0 text-success" />
              {t('All is well.')}
            </>
          )}
          {!isTyped && faults.isChecked && !isSound && (
            <>
              <CircleAlert aria-hidden className="size-4 shrink-0 text-destructive" />
              {t('{count, plural, one {# thing is} other {# things are}} still missing or wrong.', {
                count: faults.all.length,
              })}
            </>
          )}
        </span>
        {draft.isChanged ? (
          <AskButton
            title={t('Drop the changes?')}
            note={t('The journey stays as it is saved.')}
            act={t('Drop the changes')}
            onConfirm={onLeave}
          />
        ) : (
          <Button onClick={onLeave}>{t('Close')}</Button>
        )}
        <Button
          look="primary"
          disabled={!maySave}
          aria-keyshortcuts="Control+S"
          title="Ctrl+S"
          onClick={onSave}
        >
          {save}
        </Button>
      </div>
      <Fault error={error ?? faults.error} />
    </section>
  )
}

/** Not while a form is open, nor while somebody types: there they undo letters. */
function useKeys({ undo, redo }: Draft, isOpen: boolean, save: () => void): void {
  useEffect(() => {
    function handleKey(event: KeyboardEvent) {
      if (!event.ctrlKey && !event.metaKey) return
      const key = event.key.toLowerCase()
      if (key === 's') {
        event.preventDefault()
        if (!isOpen) save()
      }
      const { target } = event
      if (isOpen) return
      if (target instanceof HTMLElement && target.closest('input, textarea, [contenteditable]'))
        return
      if (key === 'z') event.shiftKey ? redo() : undo()
      if (key === 'y') redo()
      if (key === 'z' || key === 'y') event.preventDefault()
    }
    window.addEventListener('keydown', handleKey)
    return () => window.removeEventListener('keydown', handleKey)
  })
}
