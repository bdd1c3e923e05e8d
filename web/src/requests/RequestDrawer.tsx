/** One request: what was asked, what was answered, and what came of it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Answer, get } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Badge } from '../ui/Badge.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Code, CodeBlock, Facts, Id, Text, When } from '../ui/Small.tsx'
import { Failed, Loading, Note } from '../ui/States.tsx'
import { Actor } from '../workspaces/Actor.tsx'
import { type Entry, saidOf } from '../workspaces/auditFilters.ts'
import { sources, toneOf } from './filters.ts'

type View = Answer<'/api-requests/{id}'>
const link = 'text-primary underline-offset-4 hover:underline'
const SHOWN = 20 // messages of one request

export function RequestDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['/api-requests/{id}', id],
    queryFn: () => get('/api-requests/{id}', { params: { id } }),
  })
  const request = query.data
  return (
    <Dialog
      open
      side="end"
      onClose={onClose}
      title={
        request ? (
          <Code>
            {request.method} {request.path}
          </Code>
        ) : (
          t('Request')
        )
      }
    >
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {request && <Parts request={request} />}
    </Dialog>
  )
}

function Parts({ request }: { request: View }) {
  const enabled = useMay('audit:read') && request.status < 300
  const audit = useList('/audit', { request_id: request.id }, { enabled })
  const deeds = audit.data?.pages.flatMap(({ data }) => data) ?? []
  const { message_ids: messages, left_out: leftOut } = request
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={toneOf(request.status)}>{request.status}</Badge>
        {request.code && <Code>{request.code}</Code>}
        <span className="text-sm text-muted-foreground">{told(sources[request.source])}</span>
      </div>
      {request.replayed && (
        <Note tone="warn">
          {t('Its idempotency key was used before: it got the first answer again.')}
        </Note>
      )}
      {leftOut > 0 && (
        <Note tone="warn">
          {t(
            '{count, plural, one {One request just before it was not kept: too many came.} other {# requests just before it were not kept: too many came.}}',
            { count: leftOut },
          )}
        </Note>
      )}
      <Facts
        facts={[
          [t('When'), <When key="at" at={request.at} exact />],
          [t('Took'), t('{ms} ms', { ms: number(request.duration_ms) })],
          [t('Who'), <Actor key="who" of={request} />],
          [t('From'), request.ip && <Code>{request.ip}</Code>],
          [t('Program'), request.user_agent && <Text>{request.user_agent}</Text>],
          [t('Request id'), <Id key="id">{request.id}</Id>],
          [
            t('Idempotency key'),
            request.idempotency_key && (
              <Link
                to="/messages/requests"
                search={searchOf({ idempotency_key: request.idempotency_key })}
                className={link}
              >
                <Code>{request.idempotency_key}</Code>
              </Link>
            ),
          ],
          [t('Query'), request.query && <Code>{request.query}</Code>],
          [
            t('Size'),
            request.request_bytes !== null &&
              t('{count} bytes', { count: number(request.request_bytes) }),
          ],
          [t('What it changed'), deeds.length > 0 && <Deeds key="deeds" entries={deeds} />],
        ]}
      />
      {messages.length > 0 && <Made ids={messages} />}
      <Body title={t('Body')} value={request.request_body} />
      <Body title={t('Answer')} value={request.answer} />
    </>
  )
}

/** As the audit log has them. */
function Deeds({ entries }: { entries: readonly Entry[] }) {
  return (
    <ul>
      {entries.map(({ seq, action }) => (
        <li key={seq}>
          <Link to="/audit" search={searchOf({ seq: String(seq) })} className={link}>
            {saidOf(action)}
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Made({ ids }: { ids: readonly string[] }) {
  return (
    <section>
      <h3 className="mb-1 text-sm font-medium">{t('Messages')}</h3>
      <ul className="flex flex-col gap-1 text-sm">
        {ids.slice(0, SHOWN).map((id) => (
          <li key={id}>
            <Link to="/messages" search={searchOf({ id })} className={link}>
              <Code>{id}</Code>
            </Link>
          </li>
        ))}
      </ul>
      {ids.length > SHOWN && (
        <p className="text-sm text-muted-foreground">
          {t('and {count} more', { count: number(ids.length - SHOWN) })}
        </p>
      )}
    </section>
  )
}

function Body({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined) return null
  return (
    <section>
      <h3 className="mb-1 text-sm font-medium">{title}</h3>
      <CodeBlock
        label={title}
        text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
      />
    </section>
  )
}
