/** Writes a template: one language at a time, shown for somebody beside it while it is written. */

import { lazy, Suspense, useMemo } from 'react'
import type { Answer } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { TextField } from '../ui/Field.tsx'
import { Fault, Note, Skeleton } from '../ui/States.tsx'
import { bodyOf, type Text, useDrafts } from './drafts.ts'
import { useSave, useSaveKey, useVariables } from './editing.ts'
import { LocaleChoice } from './LocaleChoice.tsx'
import { TemplatePreview } from './TemplatePreview.tsx'

type Template = Answer<'/templates/{id}'>

const CodeEditor = lazy(async () => ({ default: (await import('./CodeEditor.tsx')).CodeEditor }))

export function TemplateEditor({ template }: { template: Template }) {
  const [{ locale, part }, setUrl] = useUrl(['locale', 'part'])
  const isMain = !locale || locale === template.locale
  const key = isMain ? '' : locale
  const stored: Text = isMain ? template : ((template.locales[locale] ?? {}) as Text) // as written there
  const mine = useDrafts(template.id, template.version)
  const { drafts, hasDraft } = mine
  const text: Text = { ...stored, ...drafts[key] }
  const mayWrite = useMay('templates:write')
  const save = useSave(template.id, drafts, mine.saved)
  const draft = useMemo(() => bodyOf(drafts), [drafts])
  const maySave = mayWrite && hasDraft && !mine.isBehind && !save.isPending
  useSaveKey(() => {
    if (maySave) save.mutate(undefined)
  })
  const change = (next: Text) => mine.change({ ...drafts, [key]: { ...drafts[key], ...next } })
  const isEmail = template.channel === 'email'
  const code = text.mjml ? 'mjml' : 'html'
  const field = isEmail && part !== 'text' ? code : 'text'
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
            {mayWrite && hasDraft && (
              <Button look="ghost" onClick={mine.drop}>
                {t('Discard changes')}
              </Button>
            )}
            {mayWrite && (
              <Button
                look="primary"
                aria-keyshortcuts="Control+S"
                disabled={!maySave}
                onClick={() => save.mutate(undefined)}
              >
                {t('Save')}
              </Button>
            )}
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {mine.isBehind && (
            <div className="flex flex-wrap items-center gap-3">
              <Note tone="warn">
                {t('Saved as version {version} by somebody meanwhile.', {
                  version: template.version,
                })}
              </Note>
              <Button onClick={mine.drop}>{t('Take theirs')}</Button>
              <Button onClick={mine.keepOver}>{t('Go on with mine')}</Button>
            </div>
          )}
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
            {isEmail ? (
              <PartChoice code={code} field={field} onChange={(next) => setUrl({ part: next })} />
            ) : (
              <p className="mb-1 text-sm font-medium">{t('Text')}</p>
            )}
            <Suspense fallback={<Skeleton className="h-80" />}>
              <CodeEditor
                key={`${key} ${field} ${mine.begun}`}
                label={t('The template’s text')}
                value={text[field] ?? ''}
                variables={variables}
                readOnly={!mayWrite}
                onChange={(value) =>
                  change({ [field]: isEmail && field === 'text' && value === '' ? null : value })
                }
              />
            </Suspense>
            <p className="mt-1 text-sm text-muted-foreground">
              {t('Type {open} for what can be filled in.', { open: '{{' })}{' '}
              {isEmail && field === 'text' && t('Empty: it is made of the HTML.')}
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

interface PartProps {
  readonly code: 'html' | 'mjml'
  readonly field: 'html' | 'mjml' | 'text'
  readonly onChange: (part: string) => void
}

function PartChoice({ code, field, onChange }: PartProps) {
  return (
    <fieldset className="mb-2 flex gap-1">
      <legend className="sr-only">{t('What is written')}</legend>
      {([code, 'text'] as const).map((each) => (
        <Button
          key={each}
          size="sm"
          aria-pressed={each === field}
          className="aria-pressed:border-primary aria-pressed:bg-accent"
          onClick={() => onChange(each === 'text' ? each : '')}
        >
          {each === 'text' ? t('Plain text') : each.toUpperCase()}
        </Button>
      ))}
    </fieldset>
  )
}
