/** What can be done with the draft: publish it, drop it; and whether it is kept. */
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { t } from '../lib/language.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Button } from '../ui/Button.tsx'
import type { Template, useDrafts } from './drafts.ts'
import { usePublish, useSaveKey } from './editing.ts'
import { PublishDialog } from './PublishDialog.tsx'
import type { KeptDraft } from './useKept.ts'

interface Props {
  readonly template: Template
  readonly mine: ReturnType<typeof useDrafts>
  readonly keeping: KeptDraft
  readonly onWarnings: (warnings: readonly string[]) => void
}

export function EditActions({ template, mine, keeping, onWarnings }: Props) {
  const [isOpen, setOpen] = useState(false)
  const publish = usePublish(template.id, mine, keeping, (warnings) => {
    setOpen(false)
    onWarnings(warnings)
  })
  const drop = useAct(keeping.drop, {
    refreshes: ['/templates', '/templates/{id}'],
    onDone: mine.drop,
  })
  useSaveKey(() => void keeping.flush().catch(() => {})) // its fault is shown by Meanwhile
  return (
    <>
      <span className="text-sm text-muted-foreground" aria-live="polite">
        {keeping.state === 'keeping' && t('Keeping the draft…')}
        {keeping.state === 'refused' && t('The draft is not kept.')}
        {keeping.state === 'kept' && mine.hasDraft && t('The draft is kept.')}
      </span>
      {mine.hasDraft && (
        <AskButton
          look="outline"
          title={t('Drop the draft?')}
          note={t('The template stays as it is published.')}
          act={t('Drop the draft')}
          disabled={drop.isPending}
          onConfirm={() => drop.mutate(undefined)}
        />
      )}
      <Button
        look="primary"
        disabled={!mine.hasDraft || mine.isBehind || keeping.state === 'refused'}
        onClick={() => setOpen(true)}
      >
        {t('Publish…')}
      </Button>
      {isOpen && (
        <PublishDialog
          template={template}
          drafts={mine.drafts}
          pending={publish.isPending}
          error={publish.error}
          onClose={() => setOpen(false)}
          onPublish={(note) => publish.mutate(note)}
        />
      )}
    </>
  )
}
