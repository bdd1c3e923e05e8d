/** Where a test went, and what was handed over: with a sandbox nobody else can show it. */
import { Link } from '@tanstack/react-router'
import { isolated } from '../lib/isolate.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { searchOf } from '../lib/url.ts'
import { Bubble } from '../messages/Bubble.tsx'
import type { Channel } from '../messages/words.ts'
import { Frame } from '../ui/Frame.tsx'
import { Code, Text } from '../ui/Small.tsx'
import { Note } from '../ui/States.tsx'
import type { SentTest } from './TestSend.tsx'

export function TestShown({ channel, test }: { channel: Channel; test: SentTest }) {
  const { to, provider, status, detail, sender_id, sender_name } = test.sent
  const inSandbox = provider === 'sandbox'
  const isSent = status === 'sent'
  return (
    <div className="flex flex-col gap-2">
      <Note tone={!isSent ? 'bad' : inSandbox ? 'warn' : 'good'}>
        {to && (
          <>
            <Code>{to}</Code>:{' '}
          </>
        )}
        {isSent && inSandbox
          ? t('It stays here, in the sandbox: the channel has no real sender.')
          : said(detail)}{' '}
        <Link to="/senders" search={searchOf({ id: sender_id })} className="underline">
          {inSandbox ? t('Sandbox') : <Text>{sender_name}</Text>}
        </Link>
      </Note>
      {isSent && (
        <details open={inSandbox} className="rounded-md border px-3 py-2 text-sm">
          <summary className="cursor-pointer font-medium">{t('What was handed over')}</summary>
          <div className="mt-2 flex flex-col gap-2">
            <Handed channel={channel} test={test} />
          </div>
        </details>
      )}
    </div>
  )
}

function Handed({ channel, test: { html, text, sent } }: { channel: Channel; test: SentTest }) {
  const title = t('What {to} got', { to: isolated(sent.to) })
  if (channel !== 'email') return <Bubble channel={channel} title={sent.subject} text={text} />
  return (
    <>
      <p className="font-medium">
        <Text>{sent.subject}</Text>
      </p>
      {html ? (
        <Frame html={html} title={title} />
      ) : (
        <Bubble channel={channel} title={null} text={text} />
      )}
    </>
  )
}
