/** /app/login. */

import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { ProblemError } from '../lib/problem.ts'
import { client } from '../lib/query.ts'
import { useUrl } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { CodeField, PasswordField } from '../ui/Credentials.tsx'
import { CheckField, TextField } from '../ui/Field.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { SignInFrame } from './SignInFrame.tsx'

export function LoginPage() {
  const [{ next, ended }] = useUrl(['next', 'ended'])
  const [needsCode, setNeedsCode] = useState(false)
  const navigate = useNavigate()
  const signIn = useAct((body: Body<'/auth/login', 'post'>) => post('/auth/login', { body }), {
    quiet: true,
    onDone: () => {
      client.clear()
      void navigate({
        href: next.startsWith('/') && !next.startsWith('//') ? `/app${next}` : '/app/',
      })
    },
  })
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '')
    const code = text('code') ? { code: text('code') } : {}
    const body = {
      email: text('email').trim(),
      password: text('password'),
      remember: form.has('remember'),
    }
    signIn.mutate(
      { ...body, ...code },
      { onError: (error) => isAboutCode(error) && setNeedsCode(true) },
    )
  }
  return (
    <SignInFrame title={t('Sign in')}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        {ended && !signIn.error && (
          <Note tone="warn">
            {t('Your session has ended. Sign in again; you will come back to where you were.')}
          </Note>
        )}
        <Fault error={signIn.error} />
        <TextField
          label={t('Email or user name')}
          name="email"
          autoComplete="username"
          required
          dir="ltr"
        />
        <PasswordField />
        {needsCode && <CodeField hint={t('Or one of your recovery codes.')} autoFocus />}
        <CheckField label={t('Remember me on this device')} name="remember" />
        <Button look="primary" type="submit" aria-busy={signIn.isPending}>
          {t('Sign in')}
        </Button>
        {location.protocol === 'http:' &&
          location.hostname !== 'localhost' &&
          location.hostname !== '127.0.0.1' && (
            <p className="text-sm text-muted-foreground">
              {t('This page comes over plain http: what you type can be read on the way.')}
            </p>
          )}
      </form>
    </SignInFrame>
  )
}

const isAboutCode = (error: unknown) =>
  error instanceof ProblemError &&
  /two.?factor|code/i.test(`${error.problem.code} ${error.problem.detail ?? ''}`)
