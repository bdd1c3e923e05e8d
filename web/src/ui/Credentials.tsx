/** Fields of passwords and codes: what browsers and password keepers need to know stands here once. */
import type { ComponentProps } from 'react'
import { t } from '../lib/language.ts'
import { TextField } from './Field.tsx'

type Props = Partial<ComponentProps<typeof TextField>>

export function PasswordField(props: Props) {
  return (
    <TextField
      label={t('Password')}
      name="password"
      type="password"
      autoComplete="current-password"
      required
      dir="ltr"
      {...props}
    />
  )
}

/** A password that is chosen now. */
export function NewPasswordField(props: Props) {
  return (
    <PasswordField
      label={t('New password')}
      autoComplete="new-password"
      hint={t('At least 12 characters: a few words are best.')}
      {...props}
    />
  )
}

export function CodeField(props: Props) {
  return (
    <TextField
      label={t('Code of your authenticator app')}
      name="code"
      autoComplete="one-time-code"
      dir="ltr"
      {...props}
    />
  )
}
