/** A contact by hand. */
import type { FormEvent } from 'react'
import { useAct } from '../lib/act.ts'
import { type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { Fault } from '../ui/States.tsx'

export function NewContact({
  onClose,
  onDone,
}: {
  onClose: () => void
  onDone: (id: string) => void
}) {
  const create = useAct((body: Body<'/contacts', 'post'>) => post('/contacts', { body }), {
    refreshes: ['/contacts'],
    quiet: true,
    done: t('The contact is there.'),
    onDone: ({ id }) => onDone(id),
  })
  const faults = fieldFaults(create.error)
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const given = [...form].map(([name, value]) => [name, String(value).trim()] as const)
    create.mutate(
      Object.fromEntries(given.filter(([, value]) => value)) as Body<'/contacts', 'post'>,
    ) // names of the fields below
  }
  return (
    <Dialog open onClose={onClose} title={t('New contact')}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Fault error={create.error} />
        <TextField label={t('Name')} name="name" dir="auto" fault={faults['name']} />
        <TextField label={t('Email')} name="email" type="email" dir="ltr" fault={faults['email']} />
        <TextField
          label={t('Phone')}
          name="phone"
          type="tel"
          dir="ltr"
          fault={faults['phone']}
          hint={t('With the country: +972…')}
        />
        <TextField
          label={t('Your own id')}
          name="external_id"
          dir="ltr"
          fault={faults['external_id']}
        />
        <Button look="primary" type="submit" disabled={create.isPending}>
          {t('Save')}
        </Button>
      </form>
    </Dialog>
  )
}
