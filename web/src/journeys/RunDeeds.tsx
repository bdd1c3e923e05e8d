/** What a person can do with a run, by where it is now. */
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { msg, t, told } from '../lib/language.ts'
import { AskButton } from '../ui/AskButton.tsx'
import type { Run } from './words.ts'

const deeds = {
  skip: msg('Skip the step'),
  'run-now': msg('Run now'),
  hold: msg('Hold it back'),
  release: msg('Let it go on'),
  retry: msg('Try again'),
  cancel: msg('Cancel'),
} as const
type Deed = keyof typeof deeds

const possible: Partial<Record<Run['status'], readonly Deed[]>> = {
  active: ['skip', 'run-now', 'hold', 'cancel'],
  waiting: ['skip', 'run-now', 'hold', 'cancel'],
  held: ['release', 'cancel'],
  failed: ['retry'],
}

const notes: Partial<Record<Deed, string>> = {
  hold: msg('It and its messages wait until somebody lets it go on.'),
  retry: msg('It goes on where it stood. Nothing that it did is done twice.'),
}

export function RunDeeds({ run }: { run: Run }) {
  const act = useAct(
    (deed: Deed) => {
      const of = { params: { id: run.journey_id, run_id: run.id } }
      if (deed === 'hold') return post('/journeys/{id}/runs/{run_id}/hold', { ...of, body: {} })
      if (deed === 'cancel') return post('/journeys/{id}/runs/{run_id}/cancel', { ...of, body: {} })
      return post(`/journeys/{id}/runs/{run_id}/${deed}`, of)
    },
    {
      refreshes: [
        ...['/journeys/{id}', '/journeys/{id}/runs', '/journeys/{id}/waiting'],
        '/journeys/{id}/runs/{run_id}',
      ],
      done: t('Done.'),
    },
  )
  return (
    <span className="inline-flex flex-wrap justify-end gap-1">
      {possible[run.status]?.map((deed) => (
        <AskButton
          key={deed}
          size="sm"
          look={deed === 'cancel' ? 'danger' : 'outline'}
          title={`${told(deeds[deed])}?`}
          note={told(
            notes[deed] ?? msg('It cannot be taken back: what the run does then, it has done.'),
          )}
          act={told(deeds[deed])}
          disabled={act.isPending}
          onConfirm={() => act.mutate(deed)}
        />
      ))}
    </span>
  )
}
