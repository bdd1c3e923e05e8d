/** Asks before what cannot be taken back; with `word`, the person types it first. */
import { useState } from 'react'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { TextField } from './Field.tsx'

interface Props {
  readonly title: string
  readonly note: string
  readonly word?: string
  readonly act: string
  /** What the other button says. */
  readonly stay?: string
  readonly pending: boolean
  readonly onClose: () => void
  readonly onConfirm: () => void
}

export function Confirm(props: Props) {
  const { title, note, word, act, stay, pending, onClose, onConfirm } = props
  const [typed, setTyped] = useState('')
  return (
    <Dialog open onClose={onClose} title={title} note={note}>
      {word && (
        <TextField
          label={t('Type “{word}” to go on', { word })}
          value={typed}
          dir="auto"
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{stay ?? t('Leave it')}</Button>
        <Button
          look="danger"
          disabled={pending || (word !== undefined && typed !== word)}
          onClick={onConfirm}
        >
          {act}
        </Button>
      </div>
    </Dialog>
  )
}
