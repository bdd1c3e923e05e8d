/** Two people at one draft: mine goes on over theirs. Where mine says nothing any more, that it drops theirs is asked. */
import { t } from '../lib/language.ts'
import { AskButton } from './AskButton.tsx'
import { Button } from './Button.tsx'

interface Props {
  readonly isIdle: boolean
  /** What there is without a draft. */
  readonly note: string
  readonly disabled?: boolean
  readonly onGo: () => void
}

export function GoOn({ isIdle, note, disabled = false, onGo }: Props) {
  if (!isIdle)
    return (
      <Button disabled={disabled} onClick={onGo}>
        {t('Go on with mine')}
      </Button>
    )
  return (
    <AskButton
      {...{ note, disabled }}
      look="outline"
      title={t('Drop theirs?')}
      act={t('Drop theirs')}
      onConfirm={onGo}
    />
  )
}
