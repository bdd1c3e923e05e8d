/** Asks before a form with something typed in it is left: Escape, Back and a click beside it come by accident. */
import { type ShouldBlockFn, useBlocker } from '@tanstack/react-router'
import { useState } from 'react'
import { t } from '../lib/language.ts'
import { Confirm } from './Confirm.tsx'

/** A page that puts something else into its own address stays, and closes its forms itself. */
const leavesPage: ShouldBlockFn = ({ current, next, action }) =>
  action !== 'REPLACE' || next.pathname !== current.pathname

export function useLeaving(isTyped: boolean, onLeave: () => void) {
  const [isAsked, setAsked] = useState(false)
  const { proceed, reset } = useBlocker({
    ...{ shouldBlockFn: leavesPage, withResolver: true },
    ...{ disabled: !isTyped, enableBeforeUnload: isTyped },
  })
  function handleStay() {
    setAsked(false)
    reset?.()
  }
  return {
    leave: () => (isTyped ? setAsked(true) : onLeave()),
    question: isTyped && (isAsked || proceed) && (
      <Confirm
        title={t('Leave without what was typed?')}
        note={t('What was changed here has not been taken over yet.')}
        act={t('Leave without it')}
        stay={t('Go on writing')}
        pending={false}
        onClose={handleStay}
        onConfirm={proceed ?? onLeave}
      />
    ),
  }
}
