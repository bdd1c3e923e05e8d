/** Who did what: the workspace's audit log, and the proof that nobody changed it. */
import { useQuery } from '@tanstack/react-query'
import { get } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useUrl } from '../lib/url.ts'
import { useEscape } from '../lib/useEscape.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { type Column, PagedTable, RowName } from '../ui/DataTable.tsx'
import { Page } from '../ui/Page.tsx'
import { SaveList } from '../ui/SaveList.tsx'
import { Code, When } from '../ui/Small.tsx'
import { Empty, Fault, NoMatch, Note } from '../ui/States.tsx'
import { Actor, useActors } from './Actor.tsx'
import { AuditDrawer } from './AuditDrawer.tsx'
import { AuditFilters } from './AuditFilters.tsx'
import { type Entry, filterNames, none, saidOf, soundFilters } from './auditFilters.ts'

export function AuditPage() {
  const [asked, setFilters] = useUrl(filterNames)
  const filters = soundFilters(asked)
  const [{ seq }, setOpen] = useUrl(['seq'])
  const query = useList('/audit', filters)
  const names = useActors()
  const isFiltered = Object.keys(filters).length > 0
  const clear = () => setFilters(none, true)
  useEscape(isFiltered, clear)
  const open = (entry: Entry) => setOpen({ seq: String(entry.seq) }, true)
  return (
    <Page
      title={t('Audit log')}
      note={t('Each entry is sealed with the one before it, so a change would show.')}
      actions={
        <>
          <SaveList
            title={t('Audit log')}
            query={query}
            columns={[
              [t('What'), ({ action }) => action],
              [t('Who'), ({ actor_id: id, actor_kind }) => names.get(id ?? '') ?? id ?? actor_kind],
              [t('On what'), ({ target }) => target],
              [t('From'), ({ ip }) => ip],
              [t('When'), ({ at }) => at],
            ]}
          />
          <Proof />
        </>
      }
    >
      <Card flush>
        <AuditFilters
          filters={{ ...none, ...filters }}
          onChange={(change) => setFilters(change, true)}
          onClear={isFiltered ? clear : undefined}
        />
        <PagedTable
          label={t('Audit log')}
          query={query}
          keyOf={({ seq }) => String(seq)}
          onOpen={open}
          columns={columnsOf(open)}
          empty={
            isFiltered ? (
              <NoMatch onClear={clear} />
            ) : (
              <Empty title={t('Nothing has happened yet.')} />
            )
          }
        />
      </Card>
      {/^\d{1,15}$/.test(seq) && <AuditDrawer seq={seq} onClose={() => setOpen({ seq: '' })} />}
    </Page>
  )
}

function Proof() {
  const proof = useQuery({
    queryKey: ['/audit/verification'],
    enabled: false,
    queryFn: () => get('/audit/verification'),
  })
  return (
    <div className="flex flex-col items-end gap-2">
      <Button onClick={() => void proof.refetch()} aria-busy={proof.isFetching}>
        {t('Check that nothing was changed')}
      </Button>
      <Fault error={proof.error} />
      {proof.data && (
        <Note tone={proof.data.ok ? 'good' : 'bad'}>
          {proof.data.ok
            ? t('All {count} entries are as they were written.', {
                count: number(proof.data.entries ?? 0),
              })
            : said(proof.data.fault ?? '') || t('An entry was changed.')}
        </Note>
      )}
    </div>
  )
}

const columnsOf = (open: (entry: Entry) => void): Column<Entry>[] => [
  {
    id: 'action',
    title: t('What'),
    cell: (entry) => <RowName onOpen={() => open(entry)}>{saidOf(entry.action)}</RowName>,
  },
  { id: 'who', title: t('Who'), cell: (entry) => <Actor of={entry} /> },
  {
    id: 'target',
    title: t('On what'),
    wide: true,
    cell: ({ target }) => target && <Code>{target}</Code>,
  },
  { id: 'ip', title: t('From'), wide: true, cell: ({ ip }) => ip && <Code>{ip}</Code> },
  { id: 'at', title: t('When'), end: true, cell: ({ at }) => <When at={at} /> },
]
