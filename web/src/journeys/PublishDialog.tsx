/** Before a draft becomes the version in use: what it changes, and what that means for those who are in it. */
import { t, told } from '../lib/language.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Code, Text } from '../ui/Small.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { changesOf, type Difference, type StepChange } from './diff.ts'
import type { Draft } from './draft.ts'
import { fieldWords } from './fieldWords.ts'
import { type JourneyView, kinds, sayStep } from './words.ts'

interface Props {
  readonly draft: Draft
  /** Absent for one that there is not yet. */
  readonly journey: JourneyView | undefined
  readonly pending: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onPublish: () => void
}

export function PublishDialog({ draft, journey, pending, error, onClose, onPublish }: Props) {
  const version = (journey?.version ?? 0) + 1
  return (
    <Dialog open side="end" title={t('Publish version {version}', { version })} onClose={onClose}>
      {journey ? (
        <>
          <Inside journey={journey} draft={draft} />
          <Differences {...{ draft, journey }} />
        </>
      ) : (
        <p className="text-sm">{t('Nobody comes in before it is switched on.')}</p>
      )}
      <Fault error={error} />
      <div className="sticky -bottom-5 -mx-5 -mb-5 mt-auto flex justify-end gap-2 border-t bg-card px-5 py-4">
        <Button onClick={onClose}>{t('Leave it')}</Button>
        <Button look="primary" disabled={pending} onClick={onPublish}>
          {t('Publish as version {version}', { version })}
        </Button>
      </div>
    </Dialog>
  )
}

/** Runs keep the version that they began with. */
function Inside({ journey, draft }: { journey: JourneyView; draft: Draft }) {
  const { live, status, version } = journey
  const kept = new Set(draft.document.steps.map(({ id }) => id))
  const stranded = journey.steps
    .filter(({ step }) => !kept.has(step))
    .reduce((sum, { waiting }) => sum + waiting, 0)
  return (
    <Note tone={live > 0 ? 'warn' : 'good'}>
      {live === 0
        ? t('Nobody is in it.')
        : t(
            '{count, plural, one {# person is} other {# people are}} in it. They go on by the version that they began with, to its end.',
            { count: live },
          )}{' '}
      {stranded > 0 &&
        t(
          '{count, plural, one {# of them is} other {# of them are}} at a step that the new version does not have, and goes on from there all the same.',
          { count: stranded },
        )}{' '}
      {status === 'active'
        ? t('Who comes in from now on takes version {version}.', { version: version + 1 })
        : t('Nobody comes in before it is switched on.')}
    </Note>
  )
}

const marks = { added: 'good', removed: 'bad', changed: 'info' } as const

function Differences({ draft, journey }: { draft: Draft; journey: JourneyView }) {
  const { steps, rules, begins } = changesOf(journey.document, draft.document)
  const words = { added: t('New'), removed: t('Taken out'), changed: t('Changed') }
  const first = draft.document.steps[0]?.id ?? ''
  return (
    <section aria-label={t('What is different')} className="flex flex-col gap-3">
      <h3 className="font-medium">
        {t('Different from version {version}', { version: journey.version })}
      </h3>
      {begins && <p className="text-sm">{t('It begins with the step {step}.', { step: first })}</p>}
      {rules.length > 0 && (
        <div className="rounded-md border p-3 text-sm">
          <p className="font-medium">{t('Beginning and rules')}</p>
          <Fields found={rules} />
        </div>
      )}
      <ul className="flex flex-col gap-3">
        {steps.map(({ kind, step, differences }: StepChange) => (
          <li key={step.id} className="rounded-md border p-3 text-sm">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={marks[kind]}>{words[kind]}</Badge>
              <span className="font-medium">{told(kinds[step.type])}</span>
              <Code>{step.id}</Code>
              {kind !== 'changed' && <Text>{sayStep(step)}</Text>}
            </p>
            <Fields found={differences} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const MOST = 200 // characters of a value

function Fields({ found }: { found: readonly Difference[] }) {
  if (found.length === 0) return null
  return (
    <dl className="mt-2 flex flex-col gap-2">
      {found.map(({ place, before, after }) => (
        <div key={place.join('/')}>
          <dt className="text-muted-foreground">{fieldWords(place)}</dt>
          <dd className="flex flex-col gap-1">
            <Value value={before} tone="line-through decoration-destructive" />
            <Value value={after} tone="text-success" />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Value({ value, tone }: { value: unknown; tone: string }) {
  if (value === undefined) return null
  const text =
    value === null ? t('the end') : typeof value === 'string' ? value : JSON.stringify(value)
  return (
    <span className={`break-words whitespace-pre-wrap ${tone}`}>
      <Text>{text.length > MOST ? `${text.slice(0, MOST)}…` : text}</Text>
    </span>
  )
}
