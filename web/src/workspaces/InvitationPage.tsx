/** /app/invitation#…: where an invitation leads. */

import { useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { useAct } from '../lib/act.ts'
import { type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { client } from '../lib/query.ts'
import { Button } from '../ui/Button.tsx'
import { NewPasswordField } from '../ui/Credentials.tsx'
import { TextField } from '../ui/Field.tsx'
import { Fault } from '../ui/States.tsx'
import { SignInFrame } from './SignInFrame.tsx'

export function InvitationPage() {
  const token = location.hash.slice(1)
  const navigate = useNavigate()
  const accept = useAct(
    (body: Body<'/auth/invitations/accept', 'post'>) => post('/auth/invitations/accept', { body }),
    {
      quiet: true,
      onDone: () => {
        client.clear()
        void navigate({ to: '/' })
      },
    },
  )
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = String(form.get('full_name') ?? '').trim()
    const password = String(form.get('password') ?? '')
    accept.mutate({ token, password, ...(name ? { full_name: name } : {}) })
  }
  return (
    <SignInFrame title={t('Welcome')}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <p className="text-muted-foreground">
          {t(
            'You are invited. Choose a password; if you already have an account here, give yours.',
          )}
        </p>
        <Fault error={accept.error} />
        <TextField label={t('Your name')} name="full_name" autoComplete="name" dir="auto" />
        <NewPasswordField
          label={t('Password')}
          hint={undefined}
          fault={fieldFaults(accept.error)['password']}
        />
        <Button look="primary" type="submit" aria-busy={accept.isPending}>
          {t('Join')}
        </Button>
      </form>
    </SignInFrame>
  )
}
