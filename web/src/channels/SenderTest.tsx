/** A short test through this sender and no other, whatever its turn. */
import { type FormEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { said } from '../lib/said.ts'
import { useMe } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { Fault, Note } from '../ui/States.tsx'

type Sender = Answer<'/providers/{id}'>
/** Their messages go to the sender's own destination. */
const placed = new Set<Sender['channel']>(['webhook', 'slack', 'teams', 'discord', 'in_app'])

export function SenderTest({ sender }: { sender: Sender }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('Send a test')}</Button>
      {isOpen && <TestDialog sender={sender} onClose={() => setOpen(false)} />}
    </>
  )
}

function TestDialog({ sender, onClose }: { sender: Sender; onClose: () => void }) {
  const isPlaced = placed.has(sender.channel)
  const own = useMe()?.member?.email
  const [to, setTo] = useState(sender.channel === 'email' ? (own ?? '') : '')
  const send = useAct(
    () =>
      post('/providers/{id}/test', {
        params: { id: sender.id },
        body: isPlaced ? {} : { to },
      }),
    { quiet: true },
  )
  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    send.mutate(undefined)
  }
  return (
    <Dialog open onClose={onClose} title={t('Send a test through “{name}”', { name: sender.name })}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <p className="text-sm text-muted-foreground">
          {t('Only this sender sends it, whatever its turn. It is no message and counts nowhere.')}
        </p>
        <Fault error={send.error} />
        {!isPlaced && (
          <TextField
            label={t('To')}
            required
            dir="ltr"
            value={to}
            fault={fieldFaults(send.error)['to']}
            onChange={({ target }) => setTo(target.value)}
          />
        )}
        {send.data && (
          <Note tone={send.data.status === 'sent' ? 'good' : 'bad'}>{said(send.data.detail)}</Note>
        )}
        <Button
          look="primary"
          type="submit"
          className="self-start"
          disabled={send.isPending}
          aria-busy={send.isPending}
        >
          {send.isPending ? t('Sending…') : t('Send a test')}
        </Button>
      </form>
    </Dialog>
  )
}
