/** Before a draft becomes the version in use: what it changes, and a word about why. */
import { type FormEvent, useState } from 'react'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { checksOf, sayCheck } from './checks.ts'
import { contentOf, type Drafts, differing, type Template } from './drafts.ts'
import { fieldTitle, languageName, sayTextFault } from './locales.ts'
import { linesOf, Sides } from './Sides.tsx'

interface Props {
  readonly template: Template
  readonly drafts: Drafts
  readonly pending: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onPublish: (note: string) => void
}

export function PublishDialog({ template, drafts, pending, error, onClose, onPublish }: Props) {
  const [note, setNote] = useState('')
  const version = template.version + 1
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    onPublish(note.trim())
  }
  return (
    <Dialog open side="end" title={t('Publish version {version}', { version })} onClose={onClose}>
      <p className="text-sm text-muted-foreground">
        {t(
          'Messages that are accepted from then on say this. Those on their way keep what they said.',
        )}
      </p>
      {template.channel === 'email' && <Checks template={template} drafts={drafts} />}
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <TextField
          label={t('Note')}
          hint={t('Why, for the list of versions.')}
          maxLength={500}
          dir="auto"
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <Fault error={error} say={sayTextFault} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('Leave it')}</Button>
          <Button look="primary" type="submit" disabled={pending}>
            {t('Publish as version {version}', { version })}
          </Button>
        </div>
      </form>
      <div>
        {differing(template, drafts, {}).map(({ locale, field, mine, theirs }) => (
          <Sides
            key={`${locale} ${field}`}
            field={fieldTitle(`/locales/${locale}/${field}`)}
            lines={linesOf(theirs, mine)}
            before={t('Version {version}', { version: template.version })}
            after={t('Draft')}
          />
        ))}
      </div>
    </Dialog>
  )
}

/** Of the languages that are changed. */
function Checks({ template, drafts }: { template: Template; drafts: Drafts }) {
  return Object.entries(drafts).flatMap(([locale, draft]) =>
    draft === null
      ? []
      : checksOf(locale, { ...contentOf(template, locale), ...draft }).map((check) => (
          <Note key={`${locale} ${check.key}`} tone="warn">
            {languageName(locale)}: {sayCheck(check)}
          </Note>
        )),
  )
}
