/** /app/password#…: a new password, by a one-time link. */

import { Link } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { Button } from '../ui/Button.tsx'
import { NewPasswordField } from '../ui/Credentials.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { SignInFrame } from './SignInFrame.tsx'

export function ResetPage() {
  const token = location.hash.slice(1)
  const reset = useAct(
    (password: string) => post('/auth/password-reset', { body: { token, password } }),
    { quiet: true },
  )
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    reset.mutate(String(new FormData(event.currentTarget).get('password') ?? ''))
  }
  return (
    <SignInFrame title={t('A new password')}>
      {reset.isSuccess ? (
        <div className="flex flex-col gap-4">
          <Note tone="good">{t('The password is changed.')}</Note>
          <Button asChild look="primary">
            <Link to="/login">{t('Sign in')}</Link>
          </Button>
        </div>
      ) : (
        <form onSubmit={handleSubmit} className="flex flex-col gap-4">
          <Fault error={reset.error} />
          <NewPasswordField fault={fieldFaults(reset.error)['password']} />
          <Button look="primary" type="submit">
            {t('Change it')}
          </Button>
        </form>
      )}
    </SignInFrame>
  )
}
