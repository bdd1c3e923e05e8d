/** Who a contact is, changed by hand. Addresses have a card of their own. */
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, type Body, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { Dialog } from '../ui/Dialog.tsx'
import type { Property } from '../ui/PropertyField.tsx'
import { SchemaForm, type Values } from '../ui/SchemaForm.tsx'
import { changesOf } from './contactChanges.ts'

type Field = 'name' | 'locale' | 'time_zone' | 'tags' | 'traits'
type Patch = Body<'/contacts/{id}', 'put'>

const propertiesOf = (): Record<Field & keyof Patch, Property> => ({
  name: { title: t('Name') },
  locale: { title: t('Language'), description: t('A language tag, such as en or he-IL.') },
  time_zone: { title: t('Time zone'), description: t('Its IANA name, such as Europe/Paris.') },
  tags: { type: 'array', title: t('Tags') },
  traits: {
    type: 'object',
    title: t('Traits'),
    description: t('As JSON. A trait that is taken out here is removed.'),
  },
})

export function EditContact({
  contact,
  onClose,
}: {
  contact: Answer<'/contacts/{id}'>
  onClose: () => void
}) {
  const [shown] = useState(contact) // what is typed is a change of this, whatever is read meanwhile
  const save = useAct(
    (typed: Values) =>
      put('/contacts/{id}', {
        params: { id: shown.id },
        body: changesOf(shown.traits, typed),
      }),
    {
      refreshes: ['/contacts', '/contacts/{id}', '/contacts/{id}/timeline'],
      quiet: true,
      done: t('Saved.'),
      onDone: onClose,
    },
  )
  return (
    <Dialog open onClose={onClose} title={t('Edit the contact')}>
      <SchemaForm
        schema={{ properties: propertiesOf() }}
        values={shown}
        submit={t('Save')}
        pending={save.isPending}
        error={save.error}
        onSubmit={(typed) => save.mutate(typed)}
      />
    </Dialog>
  )
}
