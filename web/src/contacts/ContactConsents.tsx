/** What a contact agreed to or refused, with its proof: when, where, by which words. */
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { type Channel, channels } from '../messages/words.ts'
import { Badge } from '../ui/Badge.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { When } from '../ui/Small.tsx'
import { Empty } from '../ui/States.tsx'

export function ContactConsents({ id }: { id: string }) {
  const query = useList('/contacts/{id}/consents', {}, { params: { id } })
  return (
    <PagedTable
      label={t('Consents')}
      query={query}
      keyOf={(row) => row.id}
      columns={[
        {
          id: 'granted',
          title: t('Answer'),
          cell: ({ granted }) => (
            <Badge tone={granted ? 'good' : 'warn'}>{granted ? t('Yes') : t('No')}</Badge>
          ),
        },
        {
          id: 'topic',
          title: t('Topic'),
          cell: ({ topic }) => (topic === '*' ? t('all') : <bdi>{topic}</bdi>),
        },
        {
          id: 'channel',
          title: t('Channel'),
          cell: ({ channel }) =>
            channel === '*' ? t('all') : told(channels[channel as Channel] ?? channel),
        },
        { id: 'source', title: t('Source'), wide: true, cell: ({ source }) => <bdi>{source}</bdi> },
        {
          id: 'proof',
          title: t('Proof'),
          wide: true,
          cell: ({ proof }) =>
            proof && (
              <bdi className="break-words text-muted-foreground">
                {typeof proof === 'string' ? proof : JSON.stringify(proof)}
              </bdi>
            ),
        },
        { id: 'at', title: t('When'), end: true, cell: ({ at }) => <When at={at} exact /> },
      ]}
      empty={
        <Empty
          title={t('No consent is recorded.')}
          note={t('Transactional messages go without; marketing needs one where the law says so.')}
        />
      }
    />
  )
}
