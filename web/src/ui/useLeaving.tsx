/** Asks before a form with something typed in it is left: Escape and a click beside it come by accident. */
import { useState } from 'react'
import { t } from '../lib/language.ts'
import { Confirm } from './Confirm.tsx'

export function useLeaving(isTyped: boolean, onLeave: () => void) {
  const [isAsked, setAsked] = useState(false)
  return {
    leave: () => (isTyped ? setAsked(true) : onLeave()),
    question: isTyped && isAsked && (
      <Confirm
        title={t('Leave without what was typed?')}
        note={t('What was changed here has not been taken over yet.')}
        act={t('Leave without it')}
        stay={t('Go on writing')}
        pending={false}
        onClose={() => setAsked(false)}
        onConfirm={onLeave}
      />
    ),
  }
}
