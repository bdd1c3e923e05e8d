/** A new sender: choose a provider, then its form, which its schema makes. */
import { useQuery } from '@tanstack/react-query'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { channels } from '../messages/words.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { SchemaForm } from '../ui/SchemaForm.tsx'
import { Failed, Loading } from '../ui/States.tsx'

interface Props {
  /** `choose`, or the id of a provider. */
  readonly choice: string
  readonly onChoose: (choice: string) => void
  readonly onClose: () => void
  readonly onDone: (id: string) => void
}

export function AddSender({ choice, onChoose, onClose, onDone }: Props) {
  const catalog = useQuery({
    queryKey: ['/providers/catalog'],
    queryFn: () => get('/providers/catalog'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const providers = catalog.data?.data.filter(({ id }) => id !== 'sandbox') ?? []
  const chosen = providers.find(({ id, channel }) => id === choice || `${channel}.${id}` === choice)
  const create = useAct(
    (settings: Readonly<Record<string, unknown>>) => {
      if (!chosen) throw new Error('nothing is chosen')
      const { channel, id: provider } = chosen
      return post('/providers', { body: { channel, provider, settings } })
    },
    {
      refreshes: ['/providers'],
      quiet: true,
      done: t('The sender is there. Check it now.'),
      onDone: ({ id }) => onDone(id),
    },
  )
  return (
    <Dialog open side="end" onClose={onClose} title={chosen ? chosen.name : t('Add a sender')}>
      {catalog.isPending && <Loading />}
      {catalog.isError && <Failed error={catalog.error} />}
      {!chosen && (
        <ul className="grid gap-3 sm:grid-cols-2">
          {providers.map(({ id, channel, name }) => (
            <li key={`${channel}.${id}`}>
              <button
                type="button"
                className="w-full rounded-lg border p-4 text-start hover:bg-muted"
                onClick={() => onChoose(`${channel}.${id}`)}
              >
                <span className="font-medium">{name}</span>
                <br />
                <span className="text-sm text-muted-foreground">{told(channels[channel])}</span>
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
            {t('Another provider')}
          </Button>
        </>
      )}
    </Dialog>
  )
}
