/** Inviting by a link that works once. */
import type { FormEvent } from 'react'
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import { CodeBlock } from '../ui/Small.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { type Role, roleOptions } from './roles.ts'

export function Invite() {
  const open = useList('/members/invitations')
  const invite = useAct(
    (body: { email: string; role: Role }) => post('/members/invitations', { body }),
    { refreshes: ['/members/invitations'], quiet: true },
  )
  const made = invite.data
  const isOver =
    open.isSuccess && !open.data.pages.some(({ data }) => data.some(({ id }) => id === made?.id))
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    invite.mutate({ email: String(form.get('email')), role: String(form.get('role')) as Role }) // one of the options
  }
  return (
    <Card title={t('Invite somebody')} note={t('You get a link to pass on. It works once.')}>
      <form onSubmit={handleSubmit} className="flex flex-wrap items-end gap-3">
        <TextField
          label={t('Email')}
          name="email"
          type="email"
          required
          dir="ltr"
          className="min-w-52 flex-1"
        />
        <SelectField label={t('Role')} name="role" defaultValue="editor" options={roleOptions()} />
        <Button look="primary" type="submit" disabled={invite.isPending}>
          {t('Make the link')}
        </Button>
      </form>
      <div className="mt-3 flex flex-col gap-3">
        <Fault error={invite.error} />
        {made?.url && !isOver && (
          <>
            <Note tone="good">
              {t('Send this link to {email}. It is shown once.', { email: made.email })}
            </Note>
            <CodeBlock label={t('The link')} text={made.url} />
          </>
        )}
      </div>
    </Card>
  )
}
