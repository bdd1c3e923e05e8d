/** What became of a run, in order: each step that it left, by whom it was held, what it sent on the way, where it is. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Answer } from '../lib/api.ts'
import { dateTime, zone } from '../lib/format.ts'
import { msg, t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { searchOf } from '../lib/url.ts'
import { StatusBadge } from '../messages/StatusBadge.tsx'
import type { Status } from '../messages/words.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { Code, Text } from '../ui/Small.tsx'
import { runStates } from './words.ts'

type RunView = Answer<'/journeys/{id}/runs/{run_id}'>
type Deed = RunView['trail'][number]['did']

const deeds: Record<Deed, readonly [string, Tone]> = {
  went_on: [msg('Went on'), 'good'],
  skipped: [msg('Skipped by hand'), 'info'],
  ended: [msg('Ended here'), 'plain'],
  failed: [msg('Failed here'), 'bad'],
  held: [msg('Held back'), 'warn'],
  released: [msg('Let go on'), 'info'],
  retried: [msg('Tried again'), 'info'],
}

export function RunLog({ run }: { run: RunView }) {
  // What a step sent stands at the first line of it.
  const first = (step: string) => run.trail.findIndex((each) => each.step === step)
  const sentAt = (step: string) => run.messages.filter((message) => message.step === step)
  const here = run.step !== null && first(run.step) < 0 ? sentAt(run.step) : []
  return (
    <section aria-label={t('What became of it')} className="flex flex-col gap-2">
      <h3 className="font-medium">{t('What became of it')}</h3>
      <ol className="flex flex-col">
        <Line at={run.started_at} badge={<Badge tone="info">{t('Began')}</Badge>}>
          <Text>{String(run.event['name'] ?? '')}</Text>
        </Line>
        {run.trail.map(({ step, did, at }, index) => (
          <Line
            // biome-ignore lint/suspicious/noArrayIndexKey: a step may be left twice in one moment
            key={index}
            at={at}
            badge={<Badge tone={deeds[did][1]}>{told(deeds[did][0])}</Badge>}
          >
            <Code>{step}</Code>
            {first(step) === index && <Sent messages={sentAt(step)} />}
          </Line>
        ))}
        <Line
          at={run.ended_at ?? run.entered_step_at}
          badge={<Badge tone={runStates[run.status][1]}>{told(runStates[run.status][0])}</Badge>}
        >
          {run.step && <Code>{run.step}</Code>} <Text>{said(run.detail ?? run.reason ?? '')}</Text>
          {run.due_at && <span>{t('Goes on {at}', { at: dateTime(run.due_at) })}</span>}
          <Sent messages={here} />
        </Line>
      </ol>
      <p className="text-xs text-muted-foreground">{t('Times in {zone}.', { zone: zone() })}</p>
    </section>
  )
}

function Line({
  at,
  badge,
  children,
}: {
  at: string | null
  badge: ReactNode
  children: ReactNode
}) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b py-2 text-sm last:border-0">
      {badge}
      <span className="min-w-0 flex-1">{children}</span>
      {at && (
        <time dateTime={at} title={at} className="text-xs text-muted-foreground tabular-nums">
          {dateTime(at)}
        </time>
      )}
    </li>
  )
}

function Sent({ messages }: { messages: RunView['messages'] }) {
  if (messages.length === 0) return null
  return (
    <ul className="flex flex-col">
      {messages.map(({ id, status }) => (
        <li key={id} className="flex flex-wrap items-center gap-2">
          <StatusBadge status={status as Status} />
          <Link
            to="/messages"
            search={searchOf({ id })}
            className="inline-block py-1 text-primary underline-offset-4 hover:underline"
          >
            {t('The message')}
          </Link>
        </li>
      ))}
    </ul>
  )
}
