/** Changing a journey, drawn or as a list: both over one draft, with what is wrong shown at its step. */
import { useMemo, useState } from 'react'
import { t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { Tabs } from '../ui/Tabs.tsx'
import type { Draft } from './draft.ts'
import { EditBar } from './EditBar.tsx'
import { copy, insert, move, newStep, remove, replace } from './edit.ts'
import type { Editing } from './editing.ts'
import { FaultList } from './FaultList.tsx'
import { JourneyDocument } from './JourneyDocument.tsx'
import { PublishDialog } from './PublishDialog.tsx'
import { RulesDrawer } from './RulesDrawer.tsx'
import { Simulation } from './Simulation.tsx'
import { StepDrawer } from './StepDrawer.tsx'
import { faultsAt, faultsElsewhere, useFaults } from './useFaults.ts'
import type { KeepingDraft } from './useKeeping.ts'
import { viewsOf } from './views.tsx'
import type { JourneyView } from './words.ts'

interface Props {
  readonly draft: Draft
  readonly figures: JourneyView['steps']
  readonly keeping: KeepingDraft
  /** Absent for one that there is not yet. */
  readonly journey?: JourneyView
  /** Of the journey that is tried, or its draft; a new one has none before it is changed. */
  readonly id?: string
  readonly pending: boolean
  readonly error: unknown
  readonly onPublish: () => void
  readonly onDrop: () => void
  readonly onLeave: () => void
}

export function JourneyEditor({ draft, figures, id, journey, onPublish, ...bar }: Props) {
  const [{ tab, change: opened }, setUrl] = useUrl(['tab', 'change'])
  const [rules, setRules] = useState(false)
  const [isPublishing, setPublishing] = useState(false)
  const [isTyped, setTyped] = useState(false)
  const { document } = draft
  const faults = useFaults(document, true)
  const at = document.steps.findIndex((step) => step.id === opened)
  const step = document.steps[at]
  const edit = useMemo(
    (): Editing => ({
      faults,
      onInsert(way, type) {
        const added = newStep(document, type)
        draft.change(insert(document, way, added))
        setUrl({ change: added.id }, true)
      },
      onEdit: (chosen) => setUrl({ change: chosen }, true),
      onCopy: (of) => draft.change(copy(document, of)),
      onRemove: (gone) => draft.change(remove(document, gone)),
      onMove: (moved, by) => draft.change(move(document, moved, by)),
    }),
    [faults, document, draft, setUrl],
  )
  const shown = { document, figures, edit, onChoose: edit.onEdit }
  return (
    <>
      <EditBar
        {...{ draft, faults, isTyped }}
        {...bar}
        error={isPublishing ? undefined : bar.error}
        isNew={!journey}
        isKept={id !== undefined}
        isOpen={step !== undefined || rules || isPublishing}
        onRules={() => setRules(true)}
        onPublish={() => setPublishing(true)}
      />
      <FaultList {...{ document, faults }} onStep={edit.onEdit} onRules={() => setRules(true)} />
      <Tabs
        label={t('Parts of the journey')}
        value={tab || 'canvas'}
        onChange={(next) => setUrl({ tab: next })}
        tabs={[
          ...viewsOf(shown, opened),
          ...(id
            ? [
                {
                  id: 'simulate',
                  title: t('Try it'),
                  body: <Simulation id={id} document={document} isDraft />,
                },
              ]
            : []),
          {
            id: 'document',
            title: t('Document'),
            body: <JourneyDocument {...{ document }} onChange={draft.change} onTyped={setTyped} />,
          },
        ]}
      />
      {step && (
        <StepDrawer
          key={opened}
          {...{ document, step }}
          faults={faultsAt(faults, at)}
          onClose={() => setUrl({ change: '' })}
          onDone={(changed) => {
            draft.change(replace(document, step.id, changed))
            setUrl({ change: '' })
          }}
        />
      )}
      {isPublishing && (
        <PublishDialog
          {...{ draft, journey, onPublish }}
          pending={bar.pending}
          error={bar.error}
          onClose={() => setPublishing(false)}
        />
      )}
      {rules && (
        <RulesDrawer
          document={document}
          faults={faultsElsewhere(faults)}
          onClose={() => setRules(false)}
          onDone={(changed) => {
            draft.change({ ...changed, steps: document.steps })
            setRules(false)
          }}
        />
      )}
    </>
  )
}
