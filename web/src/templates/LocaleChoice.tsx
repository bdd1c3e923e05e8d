/** Which of a template's languages is written, each with how far it is, or a new one. */
import { t } from '../lib/language.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { SelectField } from '../ui/Field.tsx'
import { contentOf, type Drafts, type Template } from './drafts.ts'
import { languageName } from './locales.ts'

interface Props {
  readonly template: Template
  readonly drafts: Drafts
  readonly value: string
  readonly mayAdd: boolean
  readonly onChange: (locale: string) => void
}

const usual = ['en', 'he', 'ar', 'fr', 'de', 'es', 'ru']

export function LocaleChoice({ template, drafts, value, mayAdd, onChange }: Props) {
  const known = [
    ...new Set([template.locale, ...Object.keys(template.locales), ...Object.keys(drafts), value]),
  ]
  const isUnfinished = (locale: string) => {
    const { subject, html, mjml, text } = { ...contentOf(template, locale), ...drafts[locale] }
    return !(html || mjml || text) || (template.channel === 'email' && !subject?.trim())
  }
  const others = usual.filter((each) => !known.includes(each))
  return (
    <fieldset className="flex flex-wrap items-center gap-1">
      <legend className="sr-only">{t('Language')}</legend>
      {known.map((each) => (
        <Button
          key={each}
          size="sm"
          aria-pressed={each === value}
          className="aria-pressed:border-primary aria-pressed:bg-accent"
          onClick={() => onChange(each)}
        >
          <bdi lang={each}>{languageName(each)}</bdi>
          {isUnfinished(each) ? (
            <Badge tone="warn">{t('unfinished')}</Badge>
          ) : (
            drafts[each] && <Badge tone="info">{t('draft')}</Badge>
          )}
        </Button>
      ))}
      {mayAdd && (
        <SelectField
          label={t('Another language')}
          quiet
          value=""
          options={[
            ['', t('Another language')],
            ...others.map((each) => [each, languageName(each)] as const),
          ]}
          onChange={(event) => event.target.value && onChange(event.target.value)}
        />
      )}
    </fieldset>
  )
}
