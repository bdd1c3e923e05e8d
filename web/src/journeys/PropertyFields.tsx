/** Properties of an event that is made up: those that the journey asks for, and any others. */
import { useState } from 'react'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { TextField } from '../ui/Field.tsx'
import type { Typed } from './asked.ts'

interface Props {
  readonly names: readonly string[]
  readonly value: Typed
  readonly onChange: (value: Typed) => void
}

export function PropertyFields({ names, value, onChange }: Props) {
  const [other, setOther] = useState('')
  const shown = [...new Set([...names, ...Object.keys(value)])]
  function handleAdd() {
    const name = other.trim()
    if (name === '') return
    if (!shown.includes(name)) onChange({ ...value, [name]: '' })
    setOther('')
  }
  return (
    <div className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {shown.map((name) => (
        <TextField
          key={name}
          label={<bdi dir="ltr">{name}</bdi>}
          dir="auto"
          value={value[name] ?? ''}
          onChange={({ target }) => onChange({ ...value, [name]: target.value })}
        />
      ))}
      <div className="flex items-end gap-2">
        <TextField
          label={t('Another property')}
          className="flex-1"
          dir="ltr"
          value={other}
          onChange={({ target }) => setOther(target.value)}
          onKeyDown={({ key }) => key === 'Enter' && handleAdd()}
        />
        <Button disabled={other.trim() === ''} onClick={handleAdd}>
          {t('Add')}
        </Button>
      </div>
    </div>
  )
}
