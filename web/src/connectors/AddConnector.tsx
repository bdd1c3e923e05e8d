/** A new connection: choose the system, then the form that its schema makes. */
import { useQuery } from '@tanstack/react-query'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { AddConfigured } from '../ui/AddConfigured.tsx'
import type { Values } from '../ui/SchemaForm.tsx'
import { Trial } from './Trial.tsx'

interface Props {
  /** `choose`, or the id of a connector. */
  readonly choice: string
  readonly onChoose: (choice: string) => void
  readonly onClose: () => void
  readonly onDone: (id: string) => void
}

export const useConnectorCatalog = () =>
  useQuery({
    queryKey: ['/connectors/catalog'],
    queryFn: () => get('/connectors/catalog'),
    staleTime: Number.POSITIVE_INFINITY,
  })

export function AddConnector({ choice, onChoose, onClose, onDone }: Props) {
  const catalog = useConnectorCatalog()
  const choices = (catalog.data?.data ?? []).map(({ id, name, settings, sources }) => ({
    ...{ key: id, name, settings },
    note: sources.map(({ title }) => said(title)).join(', '),
  }))
  const chosen = choices.find(({ key }) => key === choice)
  const create = useAct(
    (settings: Values) => post('/connectors', { body: { connector: chosen?.key ?? '', settings } }),
    {
      refreshes: ['/connectors'],
      quiet: true,
      done: t('It is saved. Check it now.'),
      onDone: ({ id }) => onDone(id),
    },
  )
  const trial = useAct((settings: Values) =>
    post('/connectors/dry-run', { body: { connector: chosen?.key ?? '', settings } }),
  )
  return (
    <AddConfigured
      title={t('Add a connector')}
      another={t('Another system')}
      {...{ catalog, choices, chosen, create, onChoose, onClose }}
      second={{
        label: t('Show what it would bring'),
        pending: trial.isPending,
        onSubmit: (settings) => trial.mutate(settings),
      }}
      outcome={<Trial isPending={trial.isPending} found={trial.data} />}
    />
  )
}
