/** A button that asks before it does what cannot be taken back. */
import { type ReactNode, useState } from 'react'
import { Button } from './Button.tsx'
import { Confirm } from './Confirm.tsx'

interface Props {
  readonly title: string
  readonly note: string
  /** What the question's own button says; default: what this one says. */
  readonly act: string
  readonly size?: 'md' | 'sm'
  readonly look?: 'danger' | 'outline' | 'ghost'
  readonly disabled?: boolean
  readonly label?: string | undefined
  readonly children?: ReactNode
  readonly onConfirm: () => void
}

export function AskButton({ title, note, act, label, children, disabled, ...rest }: Props) {
  const { size = 'md', look = 'danger', onConfirm } = rest
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        {...{ size, look, disabled }}
        aria-label={label}
        onClick={(event) => {
          event.stopPropagation()
          setAsking(true)
        }}
      >
        {children ?? act}
      </Button>
      {asking && (
        <Confirm
          {...{ title, note, act }}
          pending={disabled ?? false}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            onConfirm()
          }}
        />
      )}
    </>
  )
}
