/** A journey while somebody changes it; saved as its next version, and whose goes on when two do. */
import { useAct } from '../lib/act.ts'
import { put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Note } from '../ui/States.tsx'
import type { Draft } from './draft.ts'
import { JourneyEditor } from './JourneyEditor.tsx'
import type { JourneyView } from './words.ts'

export function JourneyChanging({ journey, draft }: { journey: JourneyView; draft: Draft }) {
  const [, setUrl] = useUrl(['edit', 'tab', 'change'])
  const leave = () => setUrl({ edit: '', tab: '', change: '' })
  const save = useAct(
    () => put('/journeys/{id}', { params: { id: journey.id }, body: draft.document }),
    {
      refreshes: ['/journeys', '/journeys/{id}', '/journeys/{id}/versions'],
      quiet: true,
      done: ({ version }) =>
        t('Saved as version {version}. Who is in it already goes on by the version before.', {
          version,
        }),
      onDone: (saved) => {
        draft.take(saved)
        leave()
      },
    },
  )
  return (
    <>
      {draft.isBehind && !save.isPending && <Meanwhile {...{ journey, draft }} />}
      <JourneyEditor
        draft={draft}
        figures={journey.steps}
        id={journey.id}
        save={t('Save as version {version}', { version: journey.version + 1 })}
        pending={save.isPending}
        error={save.error}
        onSave={() => save.mutate(undefined)}
        onLeave={() => {
          draft.take(journey)
          leave()
        }}
      />
    </>
  )
}

/** Two people at one journey: whose goes on is asked, and nothing is lost before. */
function Meanwhile({ journey, draft }: { journey: JourneyView; draft: Draft }) {
  const { version } = journey
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Note tone="warn">{t('Saved as version {version} by somebody meanwhile.', { version })}</Note>
      <Button onClick={() => draft.take(journey)}>{t('Take theirs')}</Button>
      <Button onClick={() => draft.keepOver(journey)}>{t('Go on with mine')}</Button>
    </div>
  )
}
