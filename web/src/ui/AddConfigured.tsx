/** Something new of a catalog, such as a sender or a connection: choose what, then the form that its schema makes. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Act } from '../lib/act.ts'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { type Schema, SchemaForm, type Second, type Values } from './SchemaForm.tsx'
import { Failed, Loading } from './States.tsx'

/** What may be chosen. */
export interface Choice {
  readonly key: string
  readonly name: string
  readonly note: string
  readonly settings: Schema
}

interface Props {
  readonly title: string
  /** Leads back to the choices. */
  readonly another: string
  readonly catalog: Pick<UseQueryResult, 'isPending' | 'isError' | 'error'>
  readonly choices: readonly Choice[]
  readonly chosen: Choice | undefined
  readonly create: Act<Values>
  /** Something else to do with what is filled in, before it is saved, and what came of it. */
  readonly second?: Second
  readonly outcome?: ReactNode
  readonly onChoose: (key: string) => void
  readonly onClose: () => void
}

export function AddConfigured(props: Props) {
  const { title, another, catalog, choices, chosen, create, onChoose, onClose } = props
  const { second, outcome } = props
  return (
    <Dialog open side="end" onClose={onClose} title={chosen?.name ?? title}>
      {catalog.isPending && <Loading />}
      {catalog.isError && <Failed error={catalog.error} />}
      {!chosen && <Choices choices={choices} onChoose={onChoose} />}
      {chosen && (
        <>
          <SchemaForm
            schema={chosen.settings}
            submit={t('Save')}
            pending={create.isPending}
            error={create.error}
            prefix="settings/"
            onSubmit={(settings) => create.mutate(settings)}
            {...(second ? { second } : {})}
          />
          {outcome}
          <Button look="ghost" onClick={() => onChoose('choose')}>
            {another}
          </Button>
        </>
      )}
    </Dialog>
  )
}

function Choices({ choices, onChoose }: Pick<Props, 'choices' | 'onChoose'>) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2">
      {choices.map(({ key, name, note }) => (
        <li key={key}>
          <button
            type="button"
            className="h-full w-full rounded-lg border p-4 text-start hover:bg-muted"
            onClick={() => onChoose(key)}
          >
            <span className="font-medium">{name}</span>
            <br />
            <span className="text-sm text-muted-foreground">{note}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
