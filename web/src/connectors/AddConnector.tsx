/** A new connection: choose the system, then the form that its schema makes. */
import { useQuery } from '@tanstack/react-query'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { SchemaForm } from '../ui/SchemaForm.tsx'
import { Failed, Loading } from '../ui/States.tsx'

interface Props {
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
  const chosen = catalog.data?.data.find(({ id }) => id === choice)
  const create = useAct(
    (settings: Readonly<Record<string, unknown>>) =>
      post('/connectors', { body: { connector: chosen?.id ?? '', settings } }),
    {
      refreshes: ['/connectors'],
      quiet: true,
      done: t('It is connected. Check it now.'),
      onDone: ({ id }) => onDone(id),
    },
  )
  return (
    <Dialog open side="end" onClose={onClose} title={chosen?.name ?? t('Add a connector')}>
      {catalog.isPending && <Loading />}
      {catalog.isError && <Failed error={catalog.error} />}
      {!chosen && (
        <ul className="grid gap-3 sm:grid-cols-2">
          {catalog.data?.data.map(({ id, name, sources }) => (
            <li key={id}>
              <button
                type="button"
                className="w-full rounded-lg border p-4 text-start hover:bg-muted"
                onClick={() => onChoose(id)}
              >
                <span className="font-medium">{name}</span>
                <br />
                <span className="text-sm text-muted-foreground" dir="auto">
                  {sources.map(({ title }) => title).join(', ')}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {chosen && (
        <>
          <SchemaForm
            schema={chosen.settings}
            submit={t('Save')}
            pending={create.isPending}
            error={create.error}
            prefix="settings/"
            onSubmit={(settings) => create.mutate(settings)}
          />
          <Button look="ghost" onClick={() => onChoose('choose')}>
            {t('Another system')}
          </Button>
        </>
      )}
    </Dialog>
  )
}
