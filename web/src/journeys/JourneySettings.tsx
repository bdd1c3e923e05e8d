/** The values of a journey's settings, in a form made of what the journey says about them. */
import { useAct } from '../lib/act.ts'
import { put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Card } from '../ui/Card.tsx'
import { SchemaForm, type Values } from '../ui/SchemaForm.tsx'
import { Facts, Text } from '../ui/Small.tsx'
import type { JourneyView } from './words.ts'

type Value = string | number | boolean
const jsonTypes = {
  text: 'string',
  zone: 'string',
  list: 'string',
  number: 'number',
  flag: 'boolean',
}

export function JourneySettings({
  journey,
  mayWrite,
}: {
  journey: JourneyView
  mayWrite: boolean
}) {
  const { settings } = journey
  const given = Object.fromEntries(settings.map(({ name, value }) => [name, value]))
  const save = useAct(
    (changed: Values) =>
      put('/journeys/{id}/settings', {
        params: { id: journey.id },
        body: valuesOf({ ...given, ...changed }),
      }),
    { refreshes: ['/journeys/{id}', '/recipes'], quiet: true, done: t('Saved.') },
  )
  if (!mayWrite || journey.origin !== 'member')
    return (
      <Card
        title={t('Settings')}
        note={t('The environment made it; its settings are changed there.')}
      >
        <Facts
          facts={settings.map(({ name, title, value }) => [
            said(title),
            <Text key={name}>{String(value)}</Text>,
          ])}
        />
      </Card>
    )
  const properties = Object.fromEntries(
    settings.map(({ name, title, type, default: otherwise }) => [
      name,
      { title, type: jsonTypes[type], default: otherwise },
    ]),
  )
  return (
    <Card title={t('Settings')} note={t('Who is in it already goes on by them too.')}>
      <SchemaForm
        schema={{ properties, required: [] }}
        values={given}
        submit={t('Save')}
        pending={save.isPending}
        error={save.error}
        onSubmit={(changed) => save.mutate(changed)}
      />
    </Card>
  )
}

/** What was emptied has its default again. */
const valuesOf = (values: Values): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, Value][] =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, value]]
        : [],
    ),
  )
