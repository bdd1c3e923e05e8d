/** A journey as it is: drawn, as a list, who is in it, what it would do, its versions. */
import { t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { Tabs } from '../ui/Tabs.tsx'
import type { Draft } from './draft.ts'
import { JourneyDocument } from './JourneyDocument.tsx'
import { JourneyRuns } from './JourneyRuns.tsx'
import { JourneySettings } from './JourneySettings.tsx'
import { JourneyVersions } from './JourneyVersions.tsx'
import { Simulation } from './Simulation.tsx'
import { viewsOf } from './views.tsx'
import type { JourneyView } from './words.ts'

interface PartsProps {
  readonly journey: JourneyView
  readonly draft: Draft
  readonly mayWrite: boolean
}

export function JourneyParts({ journey, draft, mayWrite }: PartsProps) {
  const [{ tab, step }, setUrl] = useUrl(['tab', 'step', 'edit'])
  const showStep = (chosen: string) =>
    setUrl(chosen ? { step: chosen, tab: 'runs' } : { step: '' }, true)
  const shown = { document: journey.document, figures: journey.steps, onChoose: showStep }
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
          body: <JourneyRuns id={journey.id} step={step} onAll={() => setUrl({ step: '' })} />,
        },
        { id: 'simulate', title: t('Try it'), body: <Simulation id={journey.id} /> },
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
              onTake={
                mayWrite && journey.origin === 'member'
                  ? (document) => {
                      draft.change(document)
                      setUrl({ edit: '1', tab: '' }, true)
                    }
                  : undefined
              }
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
