/**
 * Writes a template: one language at a time, shown for somebody beside it while it is written. What is written is
 * a draft, kept by itself; messages use it once it is published.
 */
import { useMemo, useState } from 'react'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Card } from '../ui/Card.tsx'
import { TextField } from '../ui/Field.tsx'
import { Note } from '../ui/States.tsx'
import { changed, contentOf, type Kept, type Template, type Text, useDrafts } from './drafts.ts'
import { EditActions } from './EditActions.tsx'
import { useVariables } from './editing.ts'
import { LocaleChoice } from './LocaleChoice.tsx'
import { Meanwhile } from './Meanwhile.tsx'
import { Modes } from './Modes.tsx'
import { TemplatePreview } from './TemplatePreview.tsx'
import { useKept } from './useKept.ts'

interface Props {
  readonly template: Template
  /** What is on the server. */
  readonly kept: Kept | undefined
}

export function TemplateEditor({ template, kept }: Props) {
  const [{ locale: asked }, setUrl] = useUrl(['locale'])
  const locale = asked || template.locale
  const mine = useDrafts(kept, template.version)
  const { drafts, hasDraft } = mine
  const keeping = useKept(template.id, kept, drafts, mine.base)
  const [warnings, setWarnings] = useState<readonly string[]>([])
  const mayWrite = useMay('templates:write')
  const variables = useVariables(template)
  const shown = useMemo(() => (hasDraft ? { locales: drafts } : undefined), [hasDraft, drafts])
  const text: Text = { ...contentOf(template, locale), ...drafts[locale] }
  const change = (next: Text) => mine.change(changed(drafts, template, locale, next))
  const isEmail = template.channel === 'email'
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-2">
      <Card
        title={t('Text')}
        actions={
          mayWrite && <EditActions {...{ template, mine, keeping }} onWarnings={setWarnings} />
        }
      >
        <div className="flex flex-col gap-4">
          <Meanwhile {...{ template, mine, keeping }} />
          <LocaleChoice
            {...{ template, drafts }}
            value={locale}
            mayAdd={mayWrite}
            onChange={(next) => setUrl({ locale: next })}
          />
          {isEmail && (
            <TextField
              label={t('Subject')}
              value={text.subject ?? ''}
              dir="auto"
              disabled={!mayWrite}
              onChange={(event) => change({ subject: event.target.value })}
            />
          )}
          <Modes
            {...{ isEmail, locale, text, variables }}
            readOnly={!mayWrite}
            begun={`${locale} ${mine.begun}`}
            onChange={change}
          />
          {warnings.map((warning) => (
            <Note key={warning} tone="warn">
              {said(warning)}
            </Note>
          ))}
        </div>
      </Card>
      <TemplatePreview template={template} locale={locale} draft={shown} />
    </div>
  )
}
