/** Finds the other contact that is the same person. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Answer, get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { Code, Text } from '../ui/Small.tsx'

interface Props {
  readonly contact: Answer<'/contacts/{id}'>
  readonly onClose: () => void
  readonly onMerge: (duplicateId: string) => void
}

export function MergeDialog({ contact, onClose, onMerge }: Props) {
  const [text, setText] = useState(contact.name ?? '')
  const { data } = useQuery({
    queryKey: ['/contacts', 'merge', text],
    enabled: text.length > 1,
    queryFn: () => get('/contacts', { query: { q: text, limit: 10 } }),
  })
  const others = data?.data.filter(({ id }) => id !== contact.id) ?? []
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('Merge a duplicate')}
      note={t('The other contact becomes part of this one. It can be taken back.')}
    >
      <TextField
        label={t('Search')}
        value={text}
        dir="auto"
        onChange={(event) => setText(event.target.value)}
      />
      <ul className="flex flex-col gap-2">
        {others.map((other) => (
          <li
            key={other.id}
            className="flex items-center justify-between gap-3 rounded-md border p-3 text-sm"
          >
            <span className="min-w-0">
              <Text>{other.name ?? other.external_id ?? other.id}</Text>
              {other.email && (
                <>
                  <br />
                  <Code>{other.email}</Code>
                </>
              )}
            </span>
            <Button size="sm" onClick={() => onMerge(other.id)}>
              {t('It is the same')}
            </Button>
          </li>
        ))}
        {data && others.length === 0 && (
          <li className="text-sm text-muted-foreground">{t('Nothing found.')}</li>
        )}
      </ul>
    </Dialog>
  )
}
