/** Two people at one journey: whose goes on is asked, and nothing is lost before. */
import { useAct } from '../lib/act.ts'
import { t } from '../lib/language.ts'
import { ProblemError, sayProblem } from '../lib/problem.ts'
import { Button } from '../ui/Button.tsx'
import { GoOn } from '../ui/GoOn.tsx'
import { Fault, Note } from '../ui/States.tsx'
import type { Draft } from './draft.ts'
import { documentOf } from './JourneyChanging.tsx'
import type { KeepingDraft } from './useKeeping.ts'
import type { JourneyView, KeptDraft } from './words.ts'

interface Props {
  readonly draft: Draft
  readonly keeping: KeepingDraft
  /** The draft as it is on the server. */
  readonly read: () => Promise<KeptDraft | null>
}

/** The draft itself, kept by somebody else. */
export function Meanwhile({ draft, keeping, read }: Props) {
  const isTheirs =
    keeping.state === 'refused' &&
    keeping.error instanceof ProblemError &&
    keeping.error.problem.code === 'outdated'
  const take = useAct(read, {
    onDone: (theirs) => {
      if (theirs) keeping.saw(theirs.revision, contentOf(theirs))
      else keeping.saw(0)
      draft.change(theirs ? documentOf(theirs) : draft.base.document)
    },
  })
  const goOn = useAct(async () => {
    keeping.saw((await read())?.revision ?? 0)
    await keeping.flush()
  })
  if (keeping.state !== 'refused') return null
  if (!isTheirs)
    return (
      <div className="flex flex-wrap items-center gap-3">
        <Fault error={keeping.error} />
        <Button onClick={() => void keeping.flush().catch(() => {})}>{t('Try again')}</Button>
      </div>
    )
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Note tone="warn">{sayProblem(keeping.error)}</Note>
      <Button disabled={take.isPending} onClick={() => take.mutate(undefined)}>
        {t('Take theirs')}
      </Button>
      <GoOn
        isIdle={keeping.isIdle}
        note={t('The journey stays as it is published.')}
        disabled={goOn.isPending}
        onGo={() => goOn.mutate(undefined)}
      />
    </div>
  )
}

const contentOf = (theirs: KeptDraft) => ({
  ...{ document: documentOf(theirs), basedOn: theirs.based_on },
})

/** Another version of the journey was published since the draft was begun. */
export function Published({ journey, draft }: { journey: JourneyView; draft: Draft }) {
  const { version } = journey
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Note tone="warn">
        {t('Version {version} was published by somebody meanwhile.', { version })}
      </Note>
      <Button onClick={() => draft.take(journey)}>{t('Take theirs')}</Button>
      <Button onClick={() => draft.keepOver(journey)}>{t('Go on with mine')}</Button>
    </div>
  )
}
