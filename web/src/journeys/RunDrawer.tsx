/** One run: what began it, what each step came to, what it sent. */
import { useQuery } from '@tanstack/react-query'
import { get } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { Badge } from '../ui/Badge.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Code, CodeBlock, Facts, When } from '../ui/Small.tsx'
import { Failed, Loading, Note } from '../ui/States.tsx'
import { RunDeeds } from './RunDeeds.tsx'
import { RunLog } from './RunLog.tsx'
import { Whose } from './Whose.tsx'
import { runStates } from './words.ts'

interface Props {
  readonly id: string
  readonly runId: string
  readonly onClose: () => void
}

export function RunDrawer({ id, runId, onClose }: Props) {
  const mayWrite = useMay('journeys:write')
  const query = useQuery({
    queryKey: ['/journeys/{id}/runs/{run_id}', runId],
    queryFn: () => get('/journeys/{id}/runs/{run_id}', { params: { id, run_id: runId } }),
  })
  const run = query.data
  return (
    <Dialog open side="end" onClose={onClose} title={t('Run')}>
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {run && (
        <>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Badge tone={runStates[run.status][1]}>{told(runStates[run.status][0])}</Badge>
            {mayWrite && <RunDeeds run={run} />}
          </div>
          {(run.detail ?? run.reason) && (
            <Note tone="warn">{said(run.detail ?? run.reason ?? '')}</Note>
          )}
          <Facts
            facts={[
              [t('Who'), <Whose key="who" run={run} />],
              [t('Version'), String(run.version)],
              [t('Step'), run.step && <Code>{run.step}</Code>],
              [t('Goes on'), run.due_at && <When at={run.due_at} exact zoned />],
              [t('Began'), <When key="began" at={run.started_at} exact />],
              [t('Ended'), run.ended_at && <When at={run.ended_at} exact />],
            ]}
          />
          <RunLog run={run} />
          <h3 className="font-medium">{t('What its steps came to')}</h3>
          <CodeBlock
            label={t('What its steps came to')}
            text={JSON.stringify(run.results, null, 2)}
          />
          <h3 className="font-medium">{t('What began it')}</h3>
          <CodeBlock label={t('What began it')} text={JSON.stringify(run.event, null, 2)} />
        </>
      )}
    </Dialog>
  )
}
