/** What a drawer shows of something configured, such as a sender or a connection: its check, its deeds, its settings. */
import type { ReactNode } from 'react'
import type { Act } from '../lib/act.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Button } from './Button.tsx'
import { type Schema, SchemaForm, type Second, type Values } from './SchemaForm.tsx'
import { Code, CopyButton } from './Small.tsx'
import { Note } from './States.tsx'

interface Checked {
  readonly ok: boolean
  readonly detail: string
  readonly warnings?: readonly string[]
}

/** The check beside the other deeds, and what it found. */
export function CheckedDeeds({
  check,
  children,
}: {
  check: Act<undefined, Checked>
  children: ReactNode
}) {
  const found = check.data
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          aria-busy={check.isPending}
          disabled={check.isPending}
          onClick={() => check.mutate(undefined)}
        >
          {check.isPending ? t('Checking…') : t('Check it')}
        </Button>
        {children}
      </div>
      {found && <Note tone={found.ok ? 'good' : 'bad'}>{said(found.detail)}</Note>}
      {found?.warnings?.map((warning) => (
        <Note key={warning} tone="warn">
          {said(warning)}
        </Note>
      ))}
    </div>
  )
}

/** Nothing while the catalog, which has the schema, is on its way. */
export function SettingsSection({
  schema,
  values,
  save,
  second,
}: {
  schema: Schema | undefined
  values: Values | null
  save: Act<Values>
  second?: Second
}) {
  if (!schema) return null
  return (
    <section>
      <h3 className="mb-3 font-semibold">{t('Settings')}</h3>
      <SchemaForm
        schema={schema}
        values={values ?? {}}
        submit={t('Save')}
        pending={save.isPending}
        error={save.error}
        prefix="settings/"
        onSubmit={(settings) => save.mutate(settings)}
        {...(second ? { second } : {})}
      />
    </section>
  )
}

export function CallbackAddress({ url }: { url: string }) {
  return (
    <span className="flex items-center">
      <Code>{url}</Code>
      <CopyButton text={url} />
    </span>
  )
}
