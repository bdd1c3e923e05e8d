/** Who did what: the workspace's audit log, and the proof that nobody changed it. */

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { get, type Row } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Page } from '../ui/Page.tsx'
import { Code, CodeBlock, Facts, Text, When } from '../ui/Small.tsx'
import { Empty, Fault, Note } from '../ui/States.tsx'

type Entry = Row<'/audit'>

export function AuditPage() {
  const query = useList('/audit')
  const [open, setOpen] = useState<Entry | null>(null)
  const proof = useQuery({
    queryKey: ['/audit/verification'],
    enabled: false,
    queryFn: () => get('/audit/verification'),
  })
  return (
    <Page
      title={t('Audit log')}
      note={t('Each entry is sealed with the one before it, so a change would show.')}
      actions={
        <Button onClick={() => void proof.refetch()} aria-busy={proof.isFetching}>
          {t('Check that nothing was changed')}
        </Button>
      }
    >
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
      <Card flush>
        <PagedTable
          label={t('Audit log')}
          query={query}
          keyOf={({ seq }) => String(seq)}
          onOpen={setOpen}
          columns={[
            {
              id: 'action',
              title: t('What'),
              cell: (entry: Entry) => (
                <button type="button" className="hover:underline" onClick={() => setOpen(entry)}>
                  <Code>{entry.action}</Code>
                </button>
              ),
            },
            { id: 'who', title: t('Who'), cell: ({ actor_kind }) => actor_kind },
            {
              id: 'target',
              title: t('On what'),
              wide: true,
              cell: ({ target }) => target && <Code>{target}</Code>,
            },
            { id: 'ip', title: t('From'), wide: true, cell: ({ ip }) => ip && <Code>{ip}</Code> },
            { id: 'at', title: t('When'), end: true, cell: ({ at }) => <When at={at} /> },
          ]}
          empty={<Empty title={t('Nothing has happened yet.')} />}
        />
      </Card>
      {open && (
        <Dialog open side="end" onClose={() => setOpen(null)} title={<Code>{open.action}</Code>}>
          <Facts
            facts={[
              [t('When'), <When key="at" at={open.at} exact />],
              [t('Who'), open.actor_kind],
              [t('Id'), open.actor_id && <Code>{open.actor_id}</Code>],
              [t('On what'), open.target && <Text>{open.target}</Text>],
              [t('From'), open.ip && <Code>{open.ip}</Code>],
              [t('Request'), open.request_id && <Code>{open.request_id}</Code>],
              [t('Seal'), <Code key="hash">{open.hash}</Code>],
            ]}
          />
          <CodeBlock label={t('Details')} text={JSON.stringify(open.details, null, 2)} />
        </Dialog>
      )}
    </Page>
  )
}
