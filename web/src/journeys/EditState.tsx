/** Whether a draft is kept and whether all is well with it, in a line. */
import { CircleAlert, CircleCheck } from 'lucide-react'
import { t } from '../lib/language.ts'
import type { Draft } from './draft.ts'
import type { Faults } from './useFaults.ts'
import type { KeepingDraft } from './useKeeping.ts'

interface Props {
  readonly draft: Draft
  readonly keeping: KeepingDraft
  readonly faults: Faults
  readonly isTyped: boolean
  /** A new one is kept from its first change on. */
  readonly isNew: boolean
  readonly isKept: boolean
}

export function EditState({ draft, keeping, faults, isTyped, isNew, isKept }: Props) {
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 text-sm max-sm:order-last max-sm:w-full sm:flex-1">
      <span role="status" className="flex min-w-0 items-center gap-1.5">
        {isTyped ? (
          t('What is written in the document is not taken over yet.')
        ) : (
          <Soundness {...{ faults }} />
        )}
      </span>
      <span className="text-muted-foreground" aria-live="polite">
        {keeping.state === 'keeping' && t('Keeping the draft…')}
        {keeping.state === 'refused' && t('The draft is not kept.')}
        {keeping.state === 'kept' &&
          (draft.isChanged || (isNew && isKept)) &&
          t('The draft is kept.')}
      </span>
    </div>
  )
}

function Soundness({ faults }: { faults: Faults }) {
  if (!faults.isChecked) return <span className="text-muted-foreground">{t('Checking…')}</span>
  const count = faults.all.length
  if (count === 0)
    return (
      <>
        <CircleCheck aria-hidden className="size-4 shrink-0 text-success" />
        {t('All is well.')}
      </>
    )
  return (
    <>
      <CircleAlert aria-hidden className="size-4 shrink-0 text-destructive" />
      {t('{count, plural, one {# thing is} other {# things are}} still missing or wrong.', {
        count,
      })}
    </>
  )
}
