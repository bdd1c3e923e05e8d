/** The DNS records of the domain that a sender sends from: what is there, what to add, looked up while one waits. */
import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { type Answer, get } from '../lib/api.ts'
import { msg, t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Code, CopyButton } from '../ui/Small.tsx'
import { Failed, Loading } from '../ui/States.tsx'
import { TickingWhen } from '../ui/TickingWhen.tsx'

type DomainRecord = Answer<'/providers/{id}/records'>['records'][number]

const names: Record<DomainRecord['id'], string> = {
  spf: msg('SPF: who may send'),
  dkim: msg('DKIM: signature'),
  dmarc: msg('DMARC: what becomes of forgeries'),
  links: msg('Links and openings'),
}
const states: Record<DomainRecord['state'], readonly [string, Tone]> = {
  found: [msg('Found'), 'good'],
  missing: [msg('Missing'), 'bad'],
  wrong: [msg('Wrong'), 'bad'],
  unknown: [msg('Not known'), 'warn'],
}

export function SenderRecords({ id, domain }: { id: string; domain: string }) {
  const query = useQuery({
    queryKey: ['/providers/{id}/records', id],
    queryFn: () => get('/providers/{id}/records', { params: { id } }),
    staleTime: Number.POSITIVE_INFINITY, // looked up again when somebody asks
  })
  const found = query.data
  return (
    <section className="flex flex-col gap-3" aria-busy={query.isFetching}>
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">
          {t('DNS records of')} <Code>{domain}</Code>
        </h3>
        <span className="flex items-center gap-2 text-sm text-muted-foreground">
          {found && !query.isFetching && (
            <span role="status">
              {t('Checked')} <TickingWhen at={found.checked_at} />
            </span>
          )}
          <Button size="sm" disabled={query.isFetching} onClick={() => void query.refetch()}>
            <RefreshCw aria-hidden />
            {query.isFetching ? t('Looking…') : t('Check again')}
          </Button>
        </span>
      </header>
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      <ul className="flex flex-col gap-3">
        {found?.records.map((record) => (
          <li key={record.id} className="flex min-w-0 flex-col gap-2 rounded-lg border p-3">
            <span className="flex flex-wrap items-center justify-between gap-2">
              <span className="text-sm font-medium">{told(names[record.id])}</span>
              <Badge tone={states[record.state][1]}>{told(states[record.state][0])}</Badge>
            </span>
            <p dir="auto" className="text-sm">
              {said(record.detail)}
            </p>
            {record.wanted && <Wanted wanted={record.wanted} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Wanted({ wanted }: { wanted: NonNullable<DomainRecord['wanted']> }) {
  const { type, name, value } = wanted
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 rounded-md bg-muted px-3 py-1 text-sm">
      <dt className="text-muted-foreground">{t('Type')}</dt>
      <dd className="py-1">
        <Code>{type}</Code>
      </dd>
      <dt className="text-muted-foreground">{t('Name')}</dt>
      <dd className="flex items-center justify-between gap-2">
        <Code>{name}</Code>
        <CopyButton text={name} label={t('Copy the name')} />
      </dd>
      <dt className="text-muted-foreground">{t('Value')}</dt>
      <dd className="flex items-center justify-between gap-2 py-1">
        {value === null ? (
          <span>
            {type === 'TXT' ? t('as the provider shows it') : t('the address of this server')}
          </span>
        ) : (
          <>
            <Code>{value}</Code>
            <CopyButton text={value} label={t('Copy the value')} />
          </>
        )}
      </dd>
    </dl>
  )
}
