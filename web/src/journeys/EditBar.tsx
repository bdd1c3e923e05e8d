/** Above a journey that is being changed: back and forth, what is wrong, the rest of the document, and publishing. */
import { Redo2, Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { t } from '../lib/language.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Button } from '../ui/Button.tsx'
import { Fault } from '../ui/States.tsx'
import type { Draft } from './draft.ts'
import { EditState } from './EditState.tsx'
import type { Faults } from './useFaults.ts'
import type { KeepingDraft } from './useKeeping.ts'

interface Props {
  readonly draft: Draft
  readonly keeping: KeepingDraft
  readonly faults: Faults
  readonly error: unknown
  readonly pending: boolean
  readonly isNew: boolean
  /** The server has its draft. */
  readonly isKept: boolean
  /** A form of it is open, which would be closed without what is written there. */
  readonly isOpen: boolean
  /** JSON is written that is not taken over. */
  readonly isTyped: boolean
  readonly onRules: () => void
  readonly onLeave: () => void
  readonly onDrop: () => void
  readonly onPublish: () => void
}

export function EditBar({ draft, keeping, faults, error, pending, isNew, ...deeds }: Props) {
  const { isKept, isOpen, isTyped, onRules, onLeave, onDrop, onPublish } = deeds
  const isSound = faults.isChecked && faults.all.length === 0
  const isRefused = keeping.state === 'refused'
  const mayPublish = isSound && (draft.isChanged || isNew) && !pending && !isTyped && !isRefused
  useKeys(draft, isOpen, usePublishing({ draft, faults, mayPublish, onPublish }))
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
        <EditState {...{ draft, keeping, faults, isTyped, isNew, isKept }} />
        {(draft.isChanged || isNew) && (
          <AskButton
            look="outline"
            title={t('Drop the draft?')}
            note={
              isNew
                ? t('What is written of the journey is gone then.')
                : t('The journey stays as it is published.')
            }
            act={t('Drop the draft')}
            onConfirm={onDrop}
          />
        )}
        <Button onClick={onLeave}>{t('Close')}</Button>
        <Button
          look="primary"
          disabled={!mayPublish}
          aria-keyshortcuts="Control+S"
          title="Ctrl+S"
          onClick={onPublish}
        >
          {t('Publish…')}
        </Button>
      </div>
      <Fault error={error ?? faults.error} />
    </section>
  )
}

/** By key, which may come before the last change was checked: then it is done when it is known to be sound. */
function usePublishing(
  at: Pick<Props, 'draft' | 'faults' | 'onPublish'> & { mayPublish: boolean },
) {
  const { draft, faults, mayPublish, onPublish } = at
  const [wanted, setWanted] = useState<unknown>()
  useEffect(() => {
    if (wanted !== draft.document || !mayPublish) return
    setWanted(undefined)
    onPublish()
  })
  return () => {
    if (mayPublish) onPublish()
    else if (!faults.isChecked) setWanted(draft.document)
  }
}

/** Not while a form is open, nor while somebody types: there they undo letters. */
function useKeys({ undo, redo }: Draft, isOpen: boolean, publish: () => void): void {
  useEffect(() => {
    function handleKey(event: KeyboardEvent) {
      if (!event.ctrlKey && !event.metaKey) return
      const key = event.key.toLowerCase()
      if (key === 's') {
        event.preventDefault()
        if (!isOpen) publish()
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
