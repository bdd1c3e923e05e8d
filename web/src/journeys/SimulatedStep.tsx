/** One step of a path that was played: what happens, when, and the message as it would go out. */
import type { Answer } from '../lib/api.ts'
import { dateTime } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Badge } from '../ui/Badge.tsx'
import { Code, CodeBlock, Text } from '../ui/Small.tsx'
import { kinds } from './words.ts'

type Step = Answer<'/journeys/{id}/simulate', 'post'>['path'][number]

export function SimulatedStep({ step }: { step: Step }) {
  const { message, call, changes } = step
  const rest = call ?? changes
  return (
    <li className="flex flex-wrap items-baseline gap-3 border-b py-2 text-sm last:border-0">
      <Badge tone="info">{told(kinds[step.type])}</Badge>
      <span className="min-w-0 flex-1">
        <Code>{step.step}</Code> <Text>{said(step.says)}</Text>
        {message && <Message message={message} />}
        {rest && <Details text={JSON.stringify(rest, null, 2)} />}
      </span>
      <time dateTime={step.at} title={step.at} className="text-xs text-muted-foreground">
        {dateTime(step.at)}
      </time>
    </li>
  )
}

function Message({ message }: { message: Readonly<Record<string, unknown>> }) {
  const { subject, title, text, message: body } = message
  const words = [subject, title, text ?? body].filter((each) => typeof each === 'string')
  return (
    <>
      {words.length > 0 && (
        <blockquote className="mt-1 border-s-2 ps-3 whitespace-pre-wrap text-muted-foreground">
          {words.map((line) => (
            <span key={line} className="block">
              <Text>{line}</Text>
            </span>
          ))}
        </blockquote>
      )}
      <Details text={JSON.stringify(message, null, 2)} />
    </>
  )
}

function Details({ text }: { text: string }) {
  return (
    <details className="text-muted-foreground">
      <summary className="cursor-pointer py-1 text-xs">{t('All that is known')}</summary>
      <CodeBlock label={t('All that is known')} text={text} />
    </details>
  )
}
