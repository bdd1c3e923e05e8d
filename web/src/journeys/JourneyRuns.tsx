/** Runs of a journey: who is where, since when, until when, and what can be done with each. */

import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { type CsvColumn, SaveList } from '../ui/SaveList.tsx'
import { Code, When } from '../ui/Small.tsx'
import { StateFilter } from '../ui/StateFilter.tsx'
import { Empty, NoMatch } from '../ui/States.tsx'
import { RunDeeds } from './RunDeeds.tsx'
import { RunDrawer } from './RunDrawer.tsx'
import { Whose } from './Whose.tsx'
import { type JourneyView, type Run, runStates, type Whom } from './words.ts'

interface Props {
  readonly journey: JourneyView
  /** Only those whom a number of this step counts. */
  readonly step: string
  readonly whom: Whom
  readonly onAll: () => void
}

export function JourneyRuns({ journey, step, whom, onAll }: Props) {
  const { id } = journey
  const [{ run_status: asked, run: open }, setUrl] = useUrl(['run_status', 'run'])
  const status = Object.hasOwn(runStates, asked) ? asked : ''
  const params = { id }
  const isWaiting = step !== '' && whom === 'waiting'
  const stateFilter: Readonly<Record<string, string>> = status ? { status } : {}
  const version = String(journey.version) // as the numbers are
  const ofStep: Readonly<Record<string, string>> = { [whom]: step, version }
  const filter = step ? ofStep : stateFilter
  const all = useList('/journeys/{id}/runs', filter, { params, enabled: !isWaiting })
  const waiting = useList(
    '/journeys/{id}/waiting',
    { step, version },
    { params, enabled: isWaiting },
  )
  const titles = {
    waiting: t('Waiting at {step}', { step }),
    left: t('Left {step}', { step }),
    failed: t('Failed at {step}', { step }),
  }
  const mayWrite = useMay('journeys:write')
  return (
    <Card
      flush
      title={step ? titles[whom] : t('Runs')}
      actions={
        <>
          <SaveList title={t('Runs')} query={isWaiting ? waiting : all} columns={file()} />
          {step ? (
            <Button size="sm" onClick={onAll}>
              {t('All runs')}
            </Button>
          ) : (
            <StateFilter
              states={runStates}
              value={status}
              onChange={(state) => setUrl({ run_status: state }, true)}
            />
          )}
        </>
      }
    >
      <PagedTable
        label={t('Runs')}
        query={isWaiting ? waiting : all}
        keyOf={(run: Run) => run.id}
        columns={[
          {
            id: 'who',
            title: t('Who'),
            cell: (run) => <Whose run={run} />,
          },
          {
            id: 'status',
            title: t('State'),
            cell: (run) => (
              <span className="flex flex-col items-start gap-1">
                <button
                  type="button"
                  className="hover:underline"
                  onClick={() => setUrl({ run: run.id }, true)}
                >
                  <Badge tone={runStates[run.status][1]}>{told(runStates[run.status][0])}</Badge>
                </button>
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
            cell: (run) => mayWrite && <RunDeeds run={run} />,
          },
        ]}
        empty={
          status && !step ? (
            <NoMatch onClear={() => setUrl({ run_status: '' }, true)} />
          ) : (
            <Empty title={t('Nobody is here.')} />
          )
        }
      />
      {open && <RunDrawer id={id} runId={open} onClose={() => setUrl({ run: '' })} />}
    </Card>
  )
}

const file = (): readonly CsvColumn<Run>[] => [
  [t('Who'), ({ contact_name, key }) => contact_name ?? key],
  [t('Contact'), ({ contact_id }) => contact_id],
  [t('State'), ({ status }) => told(runStates[status][0])],
  [t('Why'), ({ detail, reason }) => detail ?? reason],
  [t('Step'), ({ step }) => step],
  [t('Goes on'), ({ due_at }) => due_at],
  [t('Began'), ({ started_at }) => started_at],
]
