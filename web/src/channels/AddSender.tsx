/** A new sender: choose a provider, then its form, which its schema makes. */
import { useQuery } from '@tanstack/react-query'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { channels } from '../messages/words.ts'
import { AddConfigured } from '../ui/AddConfigured.tsx'
import type { Values } from '../ui/SchemaForm.tsx'

interface Props {
  /** `choose`, or the id of a provider. */
  readonly choice: string
  readonly onChoose: (choice: string) => void
  readonly onClose: () => void
  readonly onDone: (id: string) => void
}

export const useProviderCatalog = () =>
  useQuery({
    queryKey: ['/providers/catalog'],
    queryFn: () => get('/providers/catalog'),
    staleTime: Number.POSITIVE_INFINITY,
  })

export function AddSender({ choice, onChoose, onClose, onDone }: Props) {
  const catalog = useProviderCatalog()
  const choices = (catalog.data?.data ?? [])
    .filter(({ id }) => id !== 'sandbox')
    .map((provider) => ({
      ...provider,
      key: `${provider.channel}.${provider.id}`,
      note: told(channels[provider.channel]),
    }))
  const chosen = choices.find(({ id, key }) => id === choice || key === choice)
  const create = useAct(
    (settings: Values) => {
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
    <AddConfigured
      title={t('Add a sender')}
      another={t('Another provider')}
      {...{ catalog, choices, chosen, create, onChoose, onClose }}
    />
  )
}
