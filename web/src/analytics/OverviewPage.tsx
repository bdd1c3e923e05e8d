/** What a person sees first: problems, key figures against the period before, the trend, what waits, who joined. */
import { t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { SelectField } from '../ui/Field.tsx'
import { Page } from '../ui/Page.tsx'
import { Funnel } from './Funnel.tsx'
import { Growth } from './Growth.tsx'
import { KeyFigures } from './KeyFigures.tsx'
import { Problems } from './Problems.tsx'
import { Trend } from './Trend.tsx'
import { Waiting } from './Waiting.tsx'

const periods = ['1', '7', '30', '90']

export function OverviewPage() {
  const [{ days }, setUrl] = useUrl(['days'])
  const chosen = periods.includes(days) ? days : '30'
  return (
    <Page
      title={t('Overview')}
      note={t('Changes are against the period before.')}
      actions={
        <SelectField
          label={t('Period')}
          quiet
          value={chosen}
          options={[
            ['1', t('Last 24 hours')],
            ['7', t('Last 7 days')],
            ['30', t('Last 30 days')],
            ['90', t('Last 90 days')],
          ]}
          onChange={(event) => setUrl({ days: event.target.value }, true)}
        />
      }
    >
      <Problems />
      <KeyFigures days={Number(chosen)} />
      <div className="grid gap-5 grid-cols-1 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Trend days={Number(chosen)} />
        <Waiting />
        <Growth days={Number(chosen)} />
        <Funnel days={Number(chosen)} />
      </div>
    </Page>
  )
}
