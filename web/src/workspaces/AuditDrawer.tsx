/** One entry of the audit log: who did what, from where, and what was before and after. */
import { Link } from '@tanstack/react-router'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Code, CodeBlock, Facts, Id, Text, When } from '../ui/Small.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'
import { Actor } from './Actor.tsx'
import { type Entry, placeOf, saidOf } from './auditFilters.ts'
import { Changes, changesOf } from './Changes.tsx'

const link = 'text-primary underline-offset-4 hover:underline'

export function AuditDrawer({ seq, onClose }: { seq: string; onClose: () => void }) {
  const query = useList('/audit', { seq })
  const entry = query.data?.pages[0]?.data[0]
  return (
    <Dialog open side="end" onClose={onClose} title={entry ? saidOf(entry.action) : t('Audit log')}>
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && !entry && <Empty title={t('There is no such entry.')} />}
      {entry && <Parts entry={entry} />}
    </Dialog>
  )
}

function Parts({ entry }: { entry: Entry }) {
  const mayRequests = useMay('requests:read')
  const { changes: _, ...rest } = entry.details
  const place = placeOf(entry)
  const target = entry.target && <Code>{entry.target}</Code>
  const request = entry.request_id && <Code>{entry.request_id}</Code>
  return (
    <>
      <Facts
        facts={[
          [t('When'), <When key="at" at={entry.at} exact />],
          [t('Who'), <Actor key="who" of={entry} />],
          [t('Action'), <Code key="action">{entry.action}</Code>],
          [t('Id'), entry.actor_id && <Id>{entry.actor_id}</Id>],
          [
            t('On what'),
            place ? (
              <Link key="target" to={place[0]} search={searchOf(place[1])} className={link}>
                {target}
              </Link>
            ) : (
              target
            ),
          ],
          [t('From'), entry.ip && <Code>{entry.ip}</Code>],
          [
            t('Request'),
            mayRequests && request ? (
              <Link
                key="request"
                to="/messages/requests"
                search={searchOf({ id: entry.request_id ?? '' })}
                className={link}
              >
                {request}
              </Link>
            ) : (
              request
            ),
          ],
          [
            t('Everything of it'),
            entry.target && (
              <Link to="/audit" search={searchOf({ target: entry.target })} className={link}>
                <Text>{t('What else was done to it')}</Text>
              </Link>
            ),
          ],
          [t('Seal'), <Code key="hash">{entry.hash}</Code>],
        ]}
      />
      <Changes changes={changesOf(entry.details)} />
      {Object.keys(rest).length > 0 && (
        <CodeBlock label={t('Details')} text={JSON.stringify(rest, null, 2)} />
      )}
    </>
  )
}
