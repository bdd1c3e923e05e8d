/** Everything that keeps a draft from being published, by step and field; each leads to where it is mended. */
import { t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Text } from '../ui/Small.tsx'
import { fieldWords } from './fieldWords.ts'
import type { Faults } from './useFaults.ts'
import { type Document, kinds } from './words.ts'

interface Props {
  readonly document: Document
  readonly faults: Faults
  readonly onStep: (id: string) => void
  readonly onRules: () => void
}

export function FaultList({ document, faults, onStep, onRules }: Props) {
  if (faults.all.length === 0) return null
  return (
    <ul
      aria-label={t('What is missing or wrong')}
      className="mb-4 flex flex-col gap-1 rounded-xl border border-destructive bg-card p-3 text-sm"
    >
      {faults.all.map(({ pointer, detail }) => {
        const [root, at, ...field] = pointer.slice(1).split('/')
        const step = root === 'steps' ? document.steps[Number(at)] : undefined
        const place = step ? field : [root ?? '', at ?? '', ...field]
        return (
          <li key={`${pointer} ${detail}`} className="flex flex-wrap items-baseline gap-x-2">
            <button
              type="button"
              className="py-0.5 text-start font-medium underline-offset-4 hover:underline"
              onClick={() => (step ? onStep(step.id) : onRules())}
            >
              {step ? (
                <Text>{`${told(kinds[step.type])} · ${step.id}`}</Text>
              ) : (
                t('Beginning and rules')
              )}
            </button>
            <span className="text-muted-foreground">
              <Text>{fieldWords(place)}</Text>
            </span>
            <span className="text-destructive">
              <Text>{said(detail)}</Text>
            </span>
          </li>
        )
      })}
    </ul>
  )
}
