/** A new API key with the scopes it needs. */
import type { FormEvent } from 'react'
import { useAct } from '../lib/act.ts'
import { type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { useMe } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { CheckField, TextField } from '../ui/Field.tsx'
import { Code } from '../ui/Small.tsx'
import { Fault } from '../ui/States.tsx'

export function NewKey({ onMade }: { onMade: (key: string) => void }) {
  const scopes = useMe()?.scopes ?? []
  const create = useAct(
    (body: NonNullable<Body<'/api-keys', 'post'>>) => post('/api-keys', { body }),
    {
      refreshes: ['/api-keys'],
      quiet: true,
      onDone: ({ key }) => onMade(key ?? ''),
    },
  )
  const faults = fieldFaults(create.error)
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const chosen = scopes.filter((scope) => form.getAll('scopes').includes(scope))
    create.mutate({ name: String(form.get('name')), scopes: chosen })
  }
  return (
    <Card title={t('New key')}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Fault error={create.error} />
        <TextField
          label={t('Name')}
          name="name"
          required
          dir="auto"
          className="max-w-md"
          fault={faults['name']}
          hint={t('What uses it, such as “shop”.')}
        />
        <fieldset>
          <legend className="mb-2 text-sm font-medium">{t('What it may do')}</legend>
          <div className="gap-x-6 sm:columns-2 lg:columns-3">
            {scopes.map((scope) => (
              <CheckField
                key={scope}
                className="break-inside-avoid pb-2"
                label={<Code>{scope}</Code>}
                name="scopes"
                value={scope}
                defaultChecked={scope.startsWith('messages:')}
              />
            ))}
          </div>
        </fieldset>
        <Button look="primary" type="submit" className="self-start" disabled={create.isPending}>
          {t('Make a key')}
        </Button>
      </form>
    </Card>
  )
}
