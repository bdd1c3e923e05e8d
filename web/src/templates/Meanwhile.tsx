/** Two people at one template: theirs and mine side by side, and whose goes on is asked. Nothing is lost before. */
import { useQuery } from '@tanstack/react-query'
import { get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { ProblemError, sayProblem } from '../lib/problem.ts'
import { client } from '../lib/query.ts'
import { Button } from '../ui/Button.tsx'
import { GoOn } from '../ui/GoOn.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { type Drafts, differing, type Kept, type Template, type useDrafts } from './drafts.ts'
import { fieldTitle } from './locales.ts'
import { linesOf, Sides } from './Sides.tsx'
import { type KeptDraft, left } from './useKept.ts'

interface Props {
  readonly template: Template
  readonly mine: ReturnType<typeof useDrafts>
  readonly keeping: KeptDraft
}

const isOutdated = (error: unknown) =>
  error instanceof ProblemError && error.problem.code === 'outdated'

/** What is kept on the server; undefined: nothing. */
export async function readKept(id: string): Promise<Kept | undefined> {
  await left.get(id)
  try {
    return await get('/templates/{id}/draft', { params: { id } })
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 404) return undefined
    throw error
  }
}

export function Meanwhile({ template, mine, keeping }: Props) {
  const error = keeping.state === 'refused' ? keeping.error : undefined
  if (isOutdated(error)) return <DraftOfTwo {...{ template, mine, keeping, error }} />
  if (error)
    return (
      <div className="flex flex-wrap items-center gap-3">
        <Fault error={error} />
        <Button onClick={() => void keeping.flush().catch(() => {})}>{t('Try again')}</Button>
      </div>
    )
  if (!mine.isBehind) return null
  return (
    <Choice
      note={t('Version {version} was published by somebody meanwhile.', {
        version: template.version,
      })}
      onTake={mine.drop}
      onKeep={mine.keepOver}
    >
      <Differences template={template} mine={mine.drafts} theirs={{}} />
    </Choice>
  )
}

/** The draft itself, kept by somebody else. */
function DraftOfTwo({ template, mine, keeping, error }: Props & { error: unknown }) {
  const { id } = template
  const query = useQuery({
    queryKey: ['/templates/{id}/draft', id, 'meanwhile', error],
    queryFn: async () => {
      await client.invalidateQueries({ queryKey: ['/templates/{id}', id] }) // it may be published
      return (await readKept(id)) ?? null
    },
  })
  if (query.error) return <Fault error={query.error} />
  const theirs = query.data
  if (theirs === undefined) return null
  return (
    <Choice
      note={sayProblem(error)}
      onTake={() => {
        if (theirs) keeping.saw(theirs.revision, contentOf(theirs))
        else keeping.saw(0)
        mine.take(theirs ?? undefined)
      }}
      isIdle={keeping.isIdle}
      onKeep={() => {
        keeping.saw(theirs?.revision ?? 0)
        void keeping.flush().catch(() => {})
      }}
    >
      <Differences template={template} mine={mine.drafts} theirs={theirs?.locales ?? {}} />
    </Choice>
  )
}

const contentOf = ({ locales, based_on }: Kept) => ({ document: locales, basedOn: based_on })

interface ChoiceProps {
  readonly note: string
  readonly isIdle?: boolean
  readonly children: React.ReactNode
  readonly onTake: () => void
  readonly onKeep: () => void
}

function Choice({ note, isIdle = false, children, onTake, onKeep }: ChoiceProps) {
  return (
    <section aria-label={t('Changed by two')} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Note tone="warn">{note}</Note>
        <Button onClick={onTake}>{t('Take theirs')}</Button>
        <GoOn {...{ isIdle }} note={t('The template stays as it is published.')} onGo={onKeep} />
      </div>
      {children}
    </section>
  )
}

function Differences(props: { template: Template; mine: Drafts; theirs: Drafts }) {
  const { template, mine, theirs } = props
  return differing(template, mine, theirs).map(({ locale, field, ...texts }) => (
    <Sides
      key={`${locale} ${field}`}
      field={fieldTitle(`/locales/${locale}/${field}`)}
      lines={linesOf(texts.theirs, texts.mine)}
      before={t('Theirs')}
      after={t('Mine')}
    />
  ))
}
