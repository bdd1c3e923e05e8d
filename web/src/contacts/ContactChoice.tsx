/** Chooses a contact to try something with: the latest ones, or who is searched for. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type Answer, get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { useSettled } from '../lib/useSettled.ts'
import { SelectField, TextField } from '../ui/Field.tsx'

export type Contact = Answer<'/contacts'>['data'][number]

const SHOWN = 20

/** The latest contacts, of whom the first is taken until somebody is chosen. */
export function useContacts(text = '') {
  const enabled = useMay('contacts:read')
  return useQuery({
    queryKey: ['/contacts', 'preview', text],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: () => get('/contacts', { query: { limit: SHOWN, ...(text ? { q: text } : {}) } }),
  })
}

interface Props {
  readonly label: string
  readonly value: Contact | undefined
  readonly onChange: (contact: Contact) => void
}

export function ContactChoice({ label, value, onChange }: Props) {
  const [text, setText] = useState('')
  const asked = useSettled(text.trim())
  const rows = useContacts(asked).data?.data ?? []
  const [first] = rows
  // Who is searched for is meant, without a second step.
  useEffect(() => {
    if (asked && first && !rows.some(({ id }) => id === value?.id)) onChange(first)
  }, [asked, first, rows, value?.id, onChange])
  const options = value && !rows.some(({ id }) => id === value.id) ? [value, ...rows] : rows
  if (options.length === 0 && !asked) return null
  return (
    <span className="flex flex-wrap items-end gap-2">
      <TextField
        label={t('Search contacts')}
        quiet
        type="search"
        className="w-44"
        placeholder={t('Search contacts')}
        dir="auto"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <SelectField
        label={label}
        quiet
        className="max-w-52"
        value={value?.id ?? ''}
        options={options.map(({ id, name, email, external_id }) => [
          id,
          name ?? email ?? external_id ?? id,
        ])}
        onChange={({ target }) => {
          const chosen = options.find(({ id }) => id === target.value)
          if (chosen) onChange(chosen)
        }}
      />
    </span>
  )
}
