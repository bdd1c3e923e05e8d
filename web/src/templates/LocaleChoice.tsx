/** Which of a template's languages is written, or a new one. */
import type { Answer } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { SelectField } from '../ui/Field.tsx'

interface Props {
  readonly template: Answer<'/templates/{id}'>
  readonly value: string
  readonly onChange: (locale: string) => void
}

const usual = ['en', 'he', 'ar', 'fr', 'de', 'es', 'ru']

export function LocaleChoice({ template, value, onChange }: Props) {
  const known = [template.locale, ...Object.keys(template.locales)]
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: 'language' })
  function named(each: string): string {
    try {
      return names.of(each) ?? each
    } catch {
      return each // the address may hold what is no tag at all
    }
  }
  return (
    <SelectField
      label={t('Language')}
      quiet
      value={value}
      options={[
        ...known.map((each) => [each, named(each)] as const),
        ...(known.includes(value) ? [] : [[value, named(value)] as const]),
        ...usual
          .filter((each) => !known.includes(each) && each !== value)
          .map((each) => [each, `+ ${named(each)}`] as const),
      ]}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
