/** What can be done with one message now. */
import { Ban, RotateCcw } from 'lucide-react'
import { useAct } from '../lib/act.ts'
import { post, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/Small.tsx'
import type { Message, Status } from './words.ts'

const waiting: readonly Status[] = ['scheduled', 'queued', 'held']
const over: readonly Status[] = [
  'sent',
  'delivered',
  'bounced',
  'failed',
  'skipped',
  'cancelled',
  'expired',
  'unknown',
]
const refreshes = ['/notifications', '/notifications/{id}']

export function MessageActions({ message }: { message: Message }) {
  const { id, status } = message
  const mayWrite = useMay('messages:write')
  const cancel = useAct(
    () => put('/notifications/{id}/status', { params: { id }, body: { status: 'cancelled' } }),
    { refreshes, done: t('It will not be sent.') },
  )
  const resend = useAct(() => post('/notifications/{id}/resend', { params: { id } }), {
    refreshes,
    done: t('A copy is on its way.'),
  })
  return (
    <>
      <CopyButton text={id} label={t('Copy the id')} />
      {mayWrite && waiting.includes(status) && (
        <AskButton
          size="sm"
          title={t('Cancel sending this message?')}
          note={t('It will not go out. A copy can be sent later.')}
          act={t('Cancel sending')}
          disabled={cancel.isPending}
          onConfirm={() => cancel.mutate(undefined)}
        >
          <Ban /> {t('Cancel sending')}
        </AskButton>
      )}
      {mayWrite && over.includes(status) && (
        <Button size="sm" disabled={resend.isPending} onClick={() => resend.mutate(undefined)}>
          <RotateCcw /> {t('Send again')}
        </Button>
      )}
    </>
  )
}
