/** Sensitive acts ask for the password again: the API says so, and this asks, then the act goes on. */

import { type FormEvent, useEffect, useRef, useState } from 'react'
import { post, setVerifier } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMe } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { CodeField, PasswordField } from '../ui/Credentials.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Fault } from '../ui/States.tsx'

export function VerifyDialog() {
  const [open, setOpen] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const settle = useRef<(verified: boolean) => void>(() => {})
  useEffect(
    () =>
      setVerifier(() => {
        setError(null)
        setOpen(true)
        return new Promise((resolve) => {
          settle.current = resolve
        })
      }),
    [],
  )
  const end = (verified: boolean) => {
    setOpen(false)
    settle.current(verified)
  }
  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const code = String(form.get('code') ?? '')
    const password = String(form.get('password') ?? '')
    try {
      await post('/auth/verify', { body: { password, ...(code ? { code } : {}) } })
      end(true)
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <Dialog
      open={open}
      onClose={() => end(false)}
      title={t('Your password, please')}
      note={t('This is a sensitive act, so we ask again.')}
    >
      <form onSubmit={(event) => void handleSubmit(event)} className="flex flex-col gap-3">
        <Fault error={error} />
        <PasswordField />
        {open && <OwnCode />}
        <Button look="primary" type="submit">
          {t('Go on')}
        </Button>
      </form>
    </Dialog>
  )
}

/** Asks who is there only while it is open: pages without a login stand behind it too. */
function OwnCode() {
  return useMe()?.member?.two_factor ? <CodeField inputMode="numeric" /> : null
}
