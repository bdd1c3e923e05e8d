/** What a connection would bring, before it does: in numbers, and the first of those whom it is about. */
import type { Answer } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { msg, t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { Text } from '../ui/Small.tsx'
import { Note } from '../ui/States.tsx'

export type TrialFound = Answer<'/connectors/dry-run', 'post'>
type Shown = TrialFound['sample'][number]

const deeds: Record<Shown['does'], readonly [string, Tone]> = {
  create: [msg('new'), 'info'],
  update: [msg('changes'), 'warn'],
  skip: [msg('stays'), 'plain'],
}

export function Trial({ isPending, found }: { isPending: boolean; found: TrialFound | undefined }) {
  if (isPending)
    return (
      <p role="status" aria-busy className="animate-pulse text-sm text-muted-foreground">
        {t('It asks over there, for at most 20 seconds. Nothing is changed…')}
      </p>
    )
  if (!found) return null
  const { create, update, skip, events, sample } = found
  const isNothing = create + update + skip + events === 0
  return (
    <section className="flex flex-col gap-3" aria-label={t('What it would bring')}>
      <Note tone={found.ok ? 'good' : 'bad'}>{said(found.detail)}</Note>
      {found.warnings.map((warning) => (
        <Note key={warning} tone="warn">
          {said(warning)}
        </Note>
      ))}
      {found.ok && (
        <p role="status" className="font-medium">
          {isNothing
            ? t('Nothing would come now. What happens over there from now on will.')
            : t('Will create {create}, update {update}, skip {skip}.', {
                create: number(create),
                update: number(update),
                skip: number(skip),
              })}
        </p>
      )}
      {events > 0 && (
        <p className="text-sm text-muted-foreground">
          {t(
            '{events, plural, one {# event is told with them.} other {# events are told with them.}}',
            {
              events,
            },
          )}
        </p>
      )}
      {found.ok && !found.complete && (
        <p className="text-sm text-muted-foreground">
          {t('Only the first were counted; there is more over there.')}
        </p>
      )}
      {sample.length > 0 && (
        <ul
          className="flex flex-col divide-y rounded-lg border text-sm"
          aria-label={t('For example')}
        >
          {sample.map((each, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a list that is drawn once
            <li key={at} className="flex flex-col gap-1 px-3 py-2">
              <span className="flex flex-wrap items-center gap-2">
                <Badge tone={deeds[each.does][1]}>{told(deeds[each.does][0])}</Badge>
                <Text>{each.name ?? each.email ?? each.phone ?? t('No name')}</Text>
                {each.name && (each.email ?? each.phone) && (
                  <bdi dir="ltr" className="text-muted-foreground">
                    {each.email ?? each.phone}
                  </bdi>
                )}
              </span>
              {each.does === 'update' && <Changes changes={each.changes} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Changes({ changes }: Pick<Shown, 'changes'>) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-muted-foreground">
      {changes.map(({ field, from, to }) => (
        <div key={field} className="contents">
          <dt>
            <bdi dir="ltr">{field}</bdi>
          </dt>
          <dd>
            <del>
              <Text>{from ?? '–'}</Text>
            </del>{' '}
            <ins className="text-foreground no-underline">
              <Text>{to ?? '–'}</Text>
            </ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}
