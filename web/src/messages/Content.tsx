/** What a message says: as its recipient sees it, as text, its headers, its source. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Answer, get } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { Frame } from '../ui/Frame.tsx'
import { Code, CodeBlock, Facts, Text } from '../ui/Small.tsx'
import { Failed, Loading } from '../ui/States.tsx'
import { Bubble } from './Bubble.tsx'
import type { Channel } from './words.ts'

type View = 'preview' | 'phone' | 'text' | 'html' | 'headers' | 'raw'

export function Content({ id, channel }: { id: string; channel: Channel }) {
  const [view, setView] = useState<View>('preview')
  const query = useQuery({
    queryKey: ['/notifications/{id}/content', id],
    queryFn: () => get('/notifications/{id}/content', { params: { id } }),
  })
  if (query.isPending) return <Loading />
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  const content = query.data
  const views: readonly (readonly [View, string, boolean])[] = [
    ['preview', t('Preview'), true],
    ['phone', t('On a phone'), content.html !== null],
    ['text', t('Text'), true],
    ['html', t('HTML'), content.html !== null],
    ['headers', t('Headers'), Object.keys(content.headers).length > 0],
    ['raw', t('Source'), content.raw !== null],
  ]
  return (
    <div className="flex flex-col gap-3">
      {content.subject && (channel === 'email' || view !== 'preview') && (
        <p className="font-medium">
          <Text>{content.subject}</Text>
        </p>
      )}
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">{t('Shown as')}</legend>
        {views
          .filter(([, , isThere]) => isThere)
          .map(([each, words]) => (
            <Button
              key={each}
              size="sm"
              aria-pressed={each === view}
              className="aria-pressed:border-primary aria-pressed:bg-accent"
              onClick={() => setView(each)}
            >
              {words}
            </Button>
          ))}
      </fieldset>
      <Shown view={view} content={content} channel={channel} />
      {content.attachments.length > 0 && (
        <section aria-label={t('Attachments')}>
          <h3 className="text-sm font-medium">{t('Attachments')}</h3>
          <ul className="text-sm">
            {content.attachments.map(({ filename, content_type, bytes }) => (
              <li key={filename}>
                <Text>{filename}</Text> · <Code>{content_type}</Code> ·{' '}
                {t('{bytes} bytes', { bytes: number(bytes) })}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

interface ShownProps {
  readonly view: View
  readonly content: Answer<'/notifications/{id}/content'>
  readonly channel: Channel
}

function Shown({ view, content, channel }: ShownProps) {
  if (view === 'html') return <CodeBlock label={t('HTML')} text={content.html ?? ''} />
  if (view === 'raw') return <CodeBlock label={t('Source')} text={content.raw ?? ''} />
  if (view === 'headers')
    return (
      <Facts
        facts={Object.entries(content.headers).map(([name, value]) => [
          name,
          <Text key={name}>{String(value)}</Text>,
        ])}
      />
    )
  if (view === 'text' || content.html === null)
    return view === 'text' ? (
      <p dir="auto" className="rounded-md bg-muted p-3 text-sm whitespace-pre-wrap">
        {content.text}
      </p>
    ) : (
      <Bubble channel={channel} title={content.subject} text={content.text} />
    )
  return (
    <Frame
      html={content.html}
      title={t('The message as its recipient sees it')}
      {...(view === 'phone' ? { width: 375 } : {})}
    />
  )
}
