/** Changing a journey, drawn or as a list: both over one draft, with what is wrong shown at its step. */
import { useMemo, useState } from 'react'
import { t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { Tabs } from '../ui/Tabs.tsx'
import type { Draft } from './draft.ts'
import { EditBar } from './EditBar.tsx'
import { insert, move, newStep, remove, replace } from './edit.ts'
import type { Editing } from './editing.ts'
import { JourneyDocument } from './JourneyDocument.tsx'
import { RulesDrawer } from './RulesDrawer.tsx'
import { Simulation } from './Simulation.tsx'
import { StepDrawer } from './StepDrawer.tsx'
import { faultsAt, faultsElsewhere, useFaults } from './useFaults.ts'
import { viewsOf } from './views.tsx'
import type { JourneyView } from './words.ts'

interface Props {
  readonly draft: Draft
  readonly figures: JourneyView['steps']
  /** Of the journey that is tried; a new one cannot be yet. */
  readonly id?: string
  readonly save: string
  /** Nothing needs to be changed before it may be saved. */
  readonly isNew?: boolean
  readonly pending: boolean
  readonly error: unknown
  readonly onSave: () => void
  readonly onLeave: () => void
}

export function JourneyEditor({ draft, figures, id, onSave, ...bar }: Props) {
  const [{ tab, change: opened }, setUrl] = useUrl(['tab', 'change'])
  const [rules, setRules] = useState(false)
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
      onRemove: (gone) => draft.change(remove(document, gone)),
      onMove: (moved, by) => draft.change(move(document, moved, by)),
    }),
    [faults, document, draft, setUrl],
  )
  const shown = { document, figures, edit, onChoose: edit.onEdit }
  return (
    <>
      <EditBar
        {...{ draft, faults, isTyped, onSave }}
        {...bar}
        isOpen={step !== undefined || rules}
        onRules={() => setRules(true)}
      />
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
                  body: <Simulation id={id} document={document} />,
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
