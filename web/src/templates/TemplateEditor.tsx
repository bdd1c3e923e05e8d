/** Writes a template: one language at a time, shown for somebody beside it while it is written. */

import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, type Body, get, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Fault, Note, Skeleton } from '../ui/States.tsx'
import { TemplatePreview } from './TemplatePreview.tsx'

type Template = Answer<'/templates/{id}'>
type Change = NonNullable<Body<'/templates/{id}', 'put'>>
interface Text {
  readonly subject?: string | null
  readonly html?: string | null
  readonly mjml?: string | null
  readonly text?: string | null
}

const CodeEditor = lazy(async () => ({ default: (await import('./CodeEditor.tsx')).CodeEditor }))

/** What every template knows without being told. */
const common = ['unsubscribe_url', 'preferences_url', 'contact.name', 'contact.locale']

export function TemplateEditor({ template }: { template: Template }) {
  const [{ locale }, setUrl] = useUrl(['locale'])
  const isMain = !locale || locale === template.locale
  const stored: Text = isMain ? template : ((template.locales[locale] ?? {}) as Text) // as written there
  const [drafts, setDrafts] = useState<Record<string, Text>>({})
  const key = isMain ? '' : locale
  const text: Text = { ...stored, ...drafts[key] }
  const mayWrite = useMay('templates:write')
  const save = useAct(
    () => put('/templates/{id}', { params: { id: template.id }, body: bodyOf(drafts) }),
    {
      refreshes: ['/templates', '/templates/{id}', '/templates/{id}/versions'],
      quiet: true,
      done: ({ version }) => t('Saved as version {version}.', { version }),
    },
  )
  const hasDraft = Object.keys(drafts).length > 0
  const draft = useMemo(() => bodyOf(drafts), [drafts])
  const saveNow = useRef(() => {})
  saveNow.current = () => {
    if (mayWrite && hasDraft) save.mutate(undefined)
  }
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return
      event.preventDefault()
      saveNow.current()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
  const change = (next: Text) => setDrafts({ ...drafts, [key]: { ...drafts[key], ...next } })
  const isEmail = template.channel === 'email'
  const field = isEmail ? (text.mjml ? 'mjml' : 'html') : 'text'
  const variables = useVariables(template)
  return (
    <div className="grid items-start grid-cols-1 gap-5 xl:grid-cols-2">
      <Card
        title={t('Text')}
        actions={
          <>
            <LocaleChoice
              template={template}
              value={isMain ? template.locale : locale}
              onChange={(next) => setUrl({ locale: next })}
            />
            {mayWrite && (
              <Button
                look="primary"
                aria-keyshortcuts="Control+S"
                disabled={!hasDraft || save.isPending}
                onClick={() => save.mutate(undefined)}
              >
                {t('Save')}
              </Button>
            )}
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <Fault error={save.error} />
          {isEmail && (
            <TextField
              label={t('Subject')}
              value={text.subject ?? ''}
              dir="auto"
              disabled={!mayWrite}
              onChange={(event) => change({ subject: event.target.value })}
            />
          )}
          <div>
            <p className="mb-1 text-sm font-medium">
              {field === 'text' ? t('Text') : field.toUpperCase()}
            </p>
            <Suspense fallback={<Skeleton className="h-80" />}>
              <CodeEditor
                key={`${key} ${field}`}
                label={t('The template’s text')}
                value={text[field] ?? ''}
                variables={variables}
                readOnly={!mayWrite}
                onChange={(value) => change({ [field]: value })}
              />
            </Suspense>
            <p className="mt-1 text-sm text-muted-foreground">
              {t('Type {open} for what can be filled in.', { open: '{{' })}
            </p>
          </div>
          {save.data?.warnings.map((warning) => (
            <Note key={warning} tone="warn">
              {said(warning)}
            </Note>
          ))}
        </div>
      </Card>
      <TemplatePreview
        template={template}
        locale={isMain ? template.locale : locale}
        draft={hasDraft ? draft : undefined}
      />
    </div>
  )
}

/** What is declared, what is built in, and what contacts are known to have. */
function useVariables(template: Template): readonly string[] {
  const mayContacts = useMay('contacts:read')
  const contacts = useQuery({
    queryKey: ['/contacts', 'preview'],
    enabled: mayContacts,
    queryFn: () => get('/contacts', { query: { limit: 20 } }),
  })
  const traits = (contacts.data?.data ?? []).flatMap(({ traits: own }) => Object.keys(own))
  const names = [...template.variables.map(({ name }) => name), ...common]
  return [...new Set([...names, ...traits.map((name) => `contact.${name}`)])]
}

/** What changes; the server lays it over what is there. */
function bodyOf(drafts: Record<string, Text>): Change {
  const { '': main = {}, ...locales } = drafts
  return { ...main, ...(Object.keys(locales).length > 0 ? { locales } : {}) }
}

function LocaleChoice({
  template,
  value,
  onChange,
}: {
  template: Template
  value: string
  onChange: (locale: string) => void
}) {
  const known = [template.locale, ...Object.keys(template.locales)]
  const more = ['en', 'he', 'ar', 'fr', 'de', 'es', 'ru'].filter((each) => !known.includes(each))
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: 'language' })
  return (
    <SelectField
      label={t('Language')}
      quiet
      value={value}
      options={[
        ...known.map((each) => [each, names.of(each) ?? each] as const),
        ...(known.includes(value) ? [] : [[value, names.of(value) ?? value] as const]),
        ...more
          .filter((each) => each !== value)
          .map((each) => [each, `+ ${names.of(each) ?? each}`] as const),
      ]}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
