/** A journey as it is: drawn, as a list, who is in it, what it would do, its versions. */
import { useAct } from '../lib/act.ts'
import { put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { Tabs } from '../ui/Tabs.tsx'
import { JourneyDocument } from './JourneyDocument.tsx'
import { JourneyRuns } from './JourneyRuns.tsx'
import { JourneySettings } from './JourneySettings.tsx'
import { JourneyVersions } from './JourneyVersions.tsx'
import { Simulation } from './Simulation.tsx'
import { viewsOf } from './views.tsx'
import type { Document, JourneyView, Whom } from './words.ts'

interface PartsProps {
  readonly journey: JourneyView
  readonly mayWrite: boolean
}

export function JourneyParts({ journey, mayWrite }: PartsProps) {
  const [{ tab, step, whom }, setUrl] = useUrl(['tab', 'step', 'whom', 'edit'])
  const showPeople = (chosen: string, who: Whom = 'waiting') =>
    setUrl(chosen ? { step: chosen, whom: who, tab: 'runs' } : { step: '', whom: '' }, true)
  const { id, version } = journey
  const begin = useAct(
    (document: Document) =>
      put('/journeys/{id}/draft', { params: { id }, body: { document, based_on: version } }),
    {
      refreshes: ['/journeys/{id}', '/journeys/{id}/draft'],
      onDone: () => setUrl({ edit: '1', tab: '' }, true),
    },
  )
  const shown = {
    document: journey.document,
    figures: journey.steps,
    onChoose: showPeople,
    onPeople: showPeople,
  }
  return (
    <Tabs
      label={t('Parts of the journey')}
      value={tab || 'canvas'}
      onChange={(next) => setUrl({ tab: next })}
      tabs={[
        ...viewsOf(shown, step),
        {
          id: 'runs',
          title: t('Who is in it'),
          body: (
            <JourneyRuns
              {...{ journey, step }}
              whom={whom === 'left' || whom === 'failed' ? whom : 'waiting'}
              onAll={() => setUrl({ step: '', whom: '' })}
            />
          ),
        },
        {
          id: 'simulate',
          title: t('Try it'),
          body: <Simulation id={journey.id} document={journey.document} />,
        },
        ...(journey.settings.length > 0
          ? [
              {
                id: 'settings',
                title: t('Settings'),
                body: <JourneySettings journey={journey} mayWrite={mayWrite} />,
              },
            ]
          : []),
        {
          id: 'versions',
          title: t('Versions'),
          body: (
            <JourneyVersions
              journey={journey}
              onTake={mayWrite && journey.origin === 'member' ? begin.mutate : undefined}
            />
          ),
        },
        {
          id: 'document',
          title: t('Document'),
          body: <JourneyDocument key={journey.version} document={journey.document} />,
        },
      ]}
    />
  )
}
