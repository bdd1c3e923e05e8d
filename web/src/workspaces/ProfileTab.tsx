/** One's own: name, password, second factor, where one is signed in. */

import type { FormEvent } from 'react'
import { useAct } from '../lib/act.ts'
import { put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { useMe } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { NewPasswordField, PasswordField } from '../ui/Credentials.tsx'
import { TextField } from '../ui/Field.tsx'
import { Fault, Loading } from '../ui/States.tsx'
import { SecondFactor } from './SecondFactor.tsx'
import { SessionsCard } from './SessionsCard.tsx'

export function ProfileTab() {
  const member = useMe()?.member
  if (!member) return <Loading />
  return (
    <div className="grid items-start grid-cols-1 gap-5 lg:grid-cols-2">
      <NameCard name={member.full_name ?? ''} email={member.email} />
      <PasswordCard hasCode={member.two_factor} />
      <SecondFactor isOn={member.two_factor} />
      <SessionsCard />
    </div>
  )
}

function NameCard({ name, email }: { name: string; email: string }) {
  const save = useAct((full_name: string | null) => put('/auth/me', { body: { full_name } }), {
    refreshes: ['/auth/me', '/members'],
    done: t('Saved.'),
  })
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    save.mutate(String(new FormData(event.currentTarget).get('name')).trim() || null)
  }
  return (
    <Card title={t('You')}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <TextField label={t('Email')} value={email} disabled dir="ltr" />
        <TextField
          label={t('Name')}
          name="name"
          defaultValue={name}
          autoComplete="name"
          dir="auto"
        />
        <Button look="primary" type="submit" className="self-start">
          {t('Save')}
        </Button>
      </form>
    </Card>
  )
}

function PasswordCard({ hasCode }: { hasCode: boolean }) {
  const change = useAct(
    (body: { current_password: string; password: string; code?: string }) =>
      put('/auth/password', { body }),
    { quiet: true, done: t('The password is changed. Your other sessions have ended.') },
  )
  const faults = fieldFaults(change.error)
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '')
    const code = text('code') ? { code: text('code') } : {}
    change.mutate({ current_password: text('current'), password: text('next'), ...code })
  }
  return (
    <Card title={t('Password')}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Fault error={change.error} />
        <PasswordField
          label={t('Password now')}
          name="current"
          fault={faults['current_password']}
        />
        <NewPasswordField name="next" fault={faults['password']} />
        {hasCode && (
          <TextField
            label={t('Code of your authenticator app')}
            name="code"
            autoComplete="one-time-code"
            dir="ltr"
          />
        )}
        <Button look="primary" type="submit" className="self-start" disabled={change.isPending}>
          {t('Change it')}
        </Button>
      </form>
    </Card>
  )
}
