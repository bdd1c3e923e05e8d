/** Runs of a journey: who is where, since when, until when; skip, run now, cancel. */

import { Link } from '@tanstack/react-router'
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { msg, t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Code, When } from '../ui/Small.tsx'
import { StateFilter } from '../ui/StateFilter.tsx'
import { Empty } from '../ui/States.tsx'
import { type Run, runStates } from './words.ts'

const deeds = {
  skip: msg('Skip the step'),
  'run-now': msg('Run now'),
  cancel: msg('Cancel'),
} as const
type Deed = keyof typeof deeds

interface Props {
  readonly id: string
  /** Only those who wait there. */
  readonly step: string
  readonly onAll: () => void
}

export function JourneyRuns({ id, step, onAll }: Props) {
  const [{ run_status: status }, setUrl] = useUrl(['run_status'])
  const params = { id }
  const all = useList('/journeys/{id}/runs', status ? { status } : {}, {
    params,
    enabled: step === '',
  })
  const waiting = useList('/journeys/{id}/waiting', step ? { step } : {}, {
    params,
    enabled: step !== '',
  })
  const mayWrite = useMay('journeys:write')
  const act = useAct(
    ({ run, deed }: { run: string; deed: Deed }) => {
      const of = { params: { id, run_id: run } }
      if (deed === 'skip') return post('/journeys/{id}/runs/{run_id}/skip', of)
      if (deed === 'run-now') return post('/journeys/{id}/runs/{run_id}/run-now', of)
      return post('/journeys/{id}/runs/{run_id}/cancel', { ...of, body: {} })
    },
    {
      refreshes: ['/journeys/{id}', '/journeys/{id}/runs', '/journeys/{id}/waiting'],
      done: t('Done.'),
    },
  )
  const isOver = ({ status: now }: Run) => ['done', 'exited', 'failed', 'cancelled'].includes(now)
  return (
    <Card
      flush
      title={step ? t('Waiting at {step}', { step }) : t('Runs')}
      actions={
        step ? (
          <Button size="sm" onClick={onAll}>
            {t('All runs')}
          </Button>
        ) : (
          <StateFilter
            states={runStates}
            value={status}
            onChange={(state) => setUrl({ run_status: state })}
          />
        )
      }
    >
      <PagedTable
        label={t('Runs')}
        query={step ? waiting : all}
        keyOf={(run: Run) => run.id}
        columns={[
          {
            id: 'who',
            title: t('Who'),
            cell: ({ contact_id, key }) =>
              contact_id ? (
                <Link to={`/contacts/${contact_id}`} className="hover:underline">
                  <Code>{key === contact_id ? t('the contact') : key}</Code>
                </Link>
              ) : (
                <Code>{key}</Code>
              ),
          },
          {
            id: 'status',
            title: t('State'),
            cell: (run) => (
              <span className="flex flex-col items-start gap-1">
                <Badge tone={runStates[run.status][1]}>{told(runStates[run.status][0])}</Badge>
                {(run.detail ?? run.reason) && (
                  <bdi className="text-xs text-muted-foreground">
                    {said(run.detail ?? run.reason ?? '')}
                  </bdi>
                )}
              </span>
            ),
          },
          { id: 'step', title: t('Step'), cell: (run) => run.step && <Code>{run.step}</Code> },
          {
            id: 'due',
            title: t('Goes on'),
            wide: true,
            cell: ({ due_at }) => due_at && <When at={due_at} />,
          },
          {
            id: 'at',
            title: t('Began'),
            wide: true,
            cell: ({ started_at }) => <When at={started_at} />,
          },
          {
            id: 'deeds',
            title: <span className="sr-only">{t('Actions')}</span>,
            end: true,
            cell: (run) =>
              mayWrite &&
              !isOver(run) && (
                <span className="inline-flex flex-wrap justify-end gap-1">
                  {Object.entries(deeds).map(([deed, words]) => (
                    <AskButton
                      key={deed}
                      size="sm"
                      look={deed === 'cancel' ? 'danger' : 'outline'}
                      title={`${told(words)}?`}
                      note={t('It cannot be taken back: what the run does then, it has done.')}
                      act={told(words)}
                      disabled={act.isPending}
                      onConfirm={() => act.mutate({ run: run.id, deed: deed as Deed })} // its own keys
                    />
                  ))}
                </span>
              ),
          },
        ]}
        empty={<Empty title={t('Nobody is here.')} />}
      />
    </Card>
  )
}
