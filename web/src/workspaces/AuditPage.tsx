/** Who did what: the workspace's audit log, and the proof that nobody changed it. */

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { get, type Row } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { msg, t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Page } from '../ui/Page.tsx'
import { Code, CodeBlock, Facts, Text, When } from '../ui/Small.tsx'
import { Empty, Fault, Note } from '../ui/States.tsx'

type Entry = Row<'/audit'>

const actors: Record<string, string> = {
  session: msg('A member'),
  key: msg('An API key'),
  system: msg('The server'),
  instance: msg('The operator’s key'),
  token: msg('A login token'),
}

/** `member.logged_in` as "Member logged in", in the viewer's language. */
function saidOf(action: string): string {
  const words = action.replace(/[._]/g, ' ')
  return said(words.charAt(0).toUpperCase() + words.slice(1))
}

/** A member by name, where the viewer may know who that is. */
function Actor({ entry }: { entry: Entry }) {
  const mayRead = useMay('members:read')
  const members = useQuery({
    queryKey: ['/members'],
    enabled: mayRead,
    queryFn: () => get('/members'),
  })
  const member = members.data?.data.find(({ id }) => id === entry.actor_id)
  const kind = actors[entry.actor_kind]
  const name = member && (member.full_name || member.email || member.user_name)
  return <Text>{name || (kind ? told(kind) : entry.actor_kind)}</Text>
}

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
                <button
                  type="button"
                  className="text-start hover:underline"
                  onClick={() => setOpen(entry)}
                >
                  {saidOf(entry.action)}
                </button>
              ),
            },
            { id: 'who', title: t('Who'), cell: (entry) => <Actor entry={entry} /> },
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
        <Dialog open side="end" onClose={() => setOpen(null)} title={saidOf(open.action)}>
          <Facts
            facts={[
              [t('When'), <When key="at" at={open.at} exact />],
              [t('Who'), <Actor key="who" entry={open} />],
              [t('Action'), <Code key="action">{open.action}</Code>],
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
