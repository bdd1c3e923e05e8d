/** A test that really goes out, to one address or several. It is no message and counts nowhere. */
import type { FormEvent } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { sayProblem } from '../lib/problem.ts'
import { useMe } from '../lib/session.ts'
import type { Channel } from '../messages/words.ts'
import { Button } from '../ui/Button.tsx'
import { TextField } from '../ui/Field.tsx'
import { Code } from '../ui/Small.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { TestShown } from './TestShown.tsx'

type Tested = Answer<'/templates/{id}/test', 'post'>
/** One that was sent. */
export type SentTest = Tested & { readonly sent: NonNullable<Tested['sent']> }

/** Of one address. */
type Result = { readonly to: string } & ({ readonly test: SentTest } | { readonly error: unknown })

interface Props {
  readonly id: string
  readonly channel: Channel
  readonly body: NonNullable<Body<'/templates/{id}/test', 'post'>>
}

const PLACE = 'beckon.test-addresses' // by channel: to whom the last one went
const lastOf = (channel: string) => localStorage.getItem(`${PLACE}.${channel}`)

export function TestSend({ id, channel, body }: Props) {
  const me = useMe()
  const send = useAct(
    async (text: string) => {
      localStorage.setItem(`${PLACE}.${channel}`, text)
      const results: Result[] = []
      for (const to of addresses(text)) {
        try {
          const test = await post('/templates/{id}/test', { params: { id }, body: { ...body, to } })
          if (test.sent) results.push({ to, test: { ...test, sent: test.sent } })
        } catch (error) {
          results.push({ to, error }) // the others are sent, or have been
        }
      }
      return results
    },
    { quiet: true },
  )
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    send.mutate(String(new FormData(event.currentTarget).get('to')))
  }
  const usual = channel === 'email' ? (me?.member?.email ?? '') : ''
  return (
    <form onSubmit={handleSubmit} className="flex flex-col gap-3 border-t pt-4">
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          label={t('Send a test to')}
          name="to"
          required
          defaultValue={lastOf(channel) ?? usual}
          dir="ltr"
          className="min-w-52 flex-1"
          hint={t('It counts nowhere. Several with commas between them.')}
        />
        <Button type="submit" className="mb-6" disabled={send.isPending}>
          {t('Send the test')}
        </Button>
      </div>
      <Fault error={send.error} />
      {send.data?.map((result) =>
        'test' in result ? (
          <TestShown key={result.to} channel={channel} test={result.test} />
        ) : (
          <Note key={result.to} tone="bad">
            <Code>{result.to}</Code>: {sayProblem(result.error)}
          </Note>
        ),
      )}
    </form>
  )
}

const MOST = 10 // addresses of one test

const addresses = (text: string) =>
  [...new Set(text.split(/[,;]/).map((each) => each.trim()))].filter(Boolean).slice(0, MOST)
