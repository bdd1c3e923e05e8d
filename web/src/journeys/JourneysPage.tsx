/** Journeys: what is to happen, step by step. */

import { Link, useNavigate } from '@tanstack/react-router'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Page } from '../ui/Page.tsx'
import { Text, When } from '../ui/Small.tsx'
import { StateFilter } from '../ui/StateFilter.tsx'
import { Empty, NoMatch } from '../ui/States.tsx'
import { Unpublished } from './Unpublished.tsx'
import { type Journey, states } from './words.ts'

export function JourneysPage() {
  const [{ status: asked }, setUrl] = useUrl(['status'])
  const status = Object.hasOwn(states, asked) ? asked : ''
  const query = useList('/journeys', status ? { status } : {})
  const navigate = useNavigate()
  const mayWrite = useMay('journeys:write')
  const drafts = useList('/journey-drafts')
  const written = new Set(drafts.data?.pages.flatMap(({ data }) => data.map(({ id }) => id)))
  return (
    <Page
      title={t('Journeys')}
      actions={
        <>
          <StateFilter
            states={states}
            value={status}
            onChange={(state) => setUrl({ status: state }, true)}
          />
          {mayWrite && (
            <Button look="primary" asChild>
              <Link to="/journeys/new">{t('A new journey')}</Link>
            </Button>
          )}
        </>
      }
    >
      <Unpublished />
      <Card flush>
        <PagedTable
          label={t('Journeys')}
          query={query}
          keyOf={({ id }: Journey) => id}
          onOpen={({ id }) => void navigate({ to: `/journeys/${id}` })}
          columns={[
            {
              id: 'name',
              title: t('Name'),
              cell: ({ id, name, title }) => (
                <Link to={`/journeys/${id}`} className="font-medium hover:underline">
                  <Text>{title ?? name}</Text>
                </Link>
              ),
            },
            {
              id: 'status',
              title: t('State'),
              cell: (journey) => (
                <span className="flex flex-wrap gap-1">
                  <Badge tone={states[journey.status][1]}>{told(states[journey.status][0])}</Badge>
                  {written.has(journey.id) && (
                    <Badge tone="info">{t('Changes not published')}</Badge>
                  )}
                </span>
              ),
            },
            {
              id: 'recipe',
              title: t('Recipe'),
              wide: true,
              cell: ({ recipe }) => recipe && <bdi>{recipe}</bdi>,
            },
            {
              id: 'at',
              title: t('Changed'),
              end: true,
              cell: ({ updated_at }) => <When at={updated_at} />,
            },
          ]}
          empty={
            status ? (
              <NoMatch onClear={() => setUrl({ status: '' }, true)} />
            ) : (
              <Empty
                title={t('There are no journeys yet.')}
                note={t('A recipe brings one ready-made, or draw your own.')}
                action={
                  <Button asChild>
                    <Link to="/recipes">{t('Recipes')}</Link>
                  </Button>
                }
              />
            )
          }
        />
      </Card>
    </Page>
  )
}
