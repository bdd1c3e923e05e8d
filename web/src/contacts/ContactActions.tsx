/** What can be done with a contact: change them, take their data out, merge a duplicate, erase them. */
import { useNavigate } from '@tanstack/react-router'
import { Download, Pencil } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, get, post, remove } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { saveFile } from '../ui/Chart.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { toast } from '../ui/toast.ts'
import { EditContact } from './EditContact.tsx'
import { MergeDialog } from './MergeDialog.tsx'

export function ContactActions({ contact }: { contact: Answer<'/contacts/{id}'> }) {
  const { id } = contact
  const params = { id }
  const refreshes = ['/contacts', '/contacts/{id}', '/contacts/{id}/timeline']
  const mayWrite = useMay('contacts:write')
  const navigate = useNavigate()
  const [open, setOpen] = useState<'' | 'edit' | 'erase' | 'merge'>('')
  const exportAll = useAct(() => get('/contacts/{id}/export', { params }), {
    onDone: (data) =>
      saveFile(`contact-${id}.json`, JSON.stringify(data, null, 2), 'application/json'),
  })
  const erase = useAct(() => remove('/contacts/{id}', { params, query: { erase: 'true' } }), {
    refreshes,
    done: t('The person is erased.'),
    onDone: () => void navigate({ to: '/contacts' }),
  })
  const unmerge = useAct(() => post('/contacts/{id}/unmerge', { params }), { refreshes })
  const merge = useAct(
    (duplicate_id: string) => post('/contacts/{id}/merge', { params, body: { duplicate_id } }),
    {
      refreshes,
      onDone: () => {
        setOpen('')
        toast('good', t('They are one contact now.'), () => unmerge.mutate(undefined))
      },
    },
  )
  return (
    <>
      <Button disabled={exportAll.isPending} onClick={() => exportAll.mutate(undefined)}>
        <Download /> {t('Export their data')}
      </Button>
      {mayWrite && (
        <>
          <Button onClick={() => setOpen('edit')}>
            <Pencil /> {t('Edit')}
          </Button>
          <Button onClick={() => setOpen('merge')}>{t('Merge a duplicate')}</Button>
          <Button look="danger" onClick={() => setOpen('erase')}>
            {t('Erase')}
          </Button>
        </>
      )}
      {open === 'edit' && <EditContact contact={contact} onClose={() => setOpen('')} />}
      {open === 'merge' && (
        <MergeDialog
          contact={contact}
          onClose={() => setOpen('')}
          onMerge={(other) => merge.mutate(other)}
        />
      )}
      {open === 'erase' && (
        <Confirm
          title={t('Erase this person?')}
          note={t(
            'Name, addresses, traits and what messages said are removed for good. That something was sent remains, without who it was, and nothing is sent to these addresses any more. This cannot be undone.',
          )}
          word={contact.external_id ?? contact.email ?? t('erase')}
          act={t('Erase')}
          pending={erase.isPending}
          onClose={() => setOpen('')}
          onConfirm={() => erase.mutate(undefined)}
        />
      )}
    </>
  )
}
