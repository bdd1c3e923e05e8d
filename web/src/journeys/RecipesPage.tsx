/** Ready-made journeys: which are on, what they need, and every variable of theirs in words. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleDashed } from 'lucide-react'
import { type Answer, get } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { isolated } from '../lib/isolate.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { type Column, DataTable } from '../ui/DataTable.tsx'
import { Page } from '../ui/Page.tsx'
import { Code, Text } from '../ui/Small.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'

type Recipe = Answer<'/recipes'>['data'][number]

export function RecipesPage() {
  const query = useQuery({ queryKey: ['/recipes'], queryFn: () => get('/recipes') })
  return (
    <Page
      title={t('Recipes')}
      note={t('Ready-made journeys. Variables of the environment switch them on.')}
    >
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.data.length === 0 && <Empty title={t('There are no recipes.')} />}
      {query.data?.data.map((recipe) => (
        <RecipeCard key={recipe.id} recipe={recipe} />
      ))}
    </Page>
  )
}

function RecipeCard({ recipe }: { recipe: Recipe }) {
  const states = { on: t('On'), off: t('Off'), paused: t('Paused') }
  const tones = { on: 'good', off: 'plain', paused: 'warn' } as const
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          <Text>{said(recipe.title)}</Text>
          <Badge tone={tones[recipe.status]}>{states[recipe.status]}</Badge>
        </span>
      }
      note={<Text>{said(recipe.description)}</Text>}
      actions={recipe.journeys
        .filter(({ id }) => id !== null)
        .map(({ id, name }) => (
          <Button key={name} size="sm" asChild>
            <Link to={`/journeys/${id}`}>{t('The journey')}</Link>
          </Button>
        ))}
    >
      <h3 className="mt-2 mb-1 text-sm font-medium">{t('What it needs')}</h3>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {recipe.needs.map(({ variable, set }) => (
          <li key={variable} className="flex items-center gap-1.5">
            {set ? (
              <CircleCheck aria-hidden className="size-4 text-success" />
            ) : (
              <CircleDashed aria-hidden className="size-4 text-muted-foreground" />
            )}
            <Code>{variable}</Code>
            <span className={set ? 'sr-only' : 'text-muted-foreground'}>
              {set ? t('(set)') : t('(missing)')}
            </span>
          </li>
        ))}
      </ul>
      <details className="mt-3">
        <summary className="cursor-pointer text-sm font-medium">
          {t('All its variables ({count})', { count: number(recipe.variables.length) })}
        </summary>
        <div className="mt-2">
          <DataTable
            label={t('Variables of {recipe}', { recipe: isolated(said(recipe.title)) })}
            rows={recipe.variables}
            columns={columns()}
            keyOf={({ variable }) => variable}
          />
        </div>
      </details>
    </Card>
  )
}

type Variable = Recipe['variables'][number]

const columns = (): Column<Variable>[] => [
  {
    id: 'variable',
    title: t('Variable'),
    cell: (variable) => (
      <>
        <Code>{variable.variable}</Code>
        <span className="block text-muted-foreground">
          <Text>{said(variable.title)}</Text>
        </span>
        <span className="mt-1 block break-words md:hidden">
          <Value variable={variable} />
        </span>
      </>
    ),
  },
  {
    id: 'value',
    title: t('Value'),
    wide: true,
    cell: (variable) => <Value variable={variable} />,
  },
]

/** What is in use; of what may be a secret, whether there is one. */
function Value({ variable: { value, default: otherwise, set } }: { variable: Variable }) {
  const none = <span className="text-muted-foreground">{t('not set')}</span>
  if (value === null) return set ? t('set') : none
  if (value === '') return none
  return (
    <>
      <Text>{sayValue(value)}</Text>
      {value === otherwise && (
        <span className="block text-xs text-muted-foreground">{t('by default')}</span>
      )}
    </>
  )
}

const sayValue = (value: string | number | boolean) =>
  typeof value === 'boolean' ? (value ? t('yes') : t('no')) : String(value)
