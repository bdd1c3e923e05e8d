/** What a sender's messages cost, as its owner was told by the vendor. */
import { type FormEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, put } from '../lib/api.ts'
import { money } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { Fault } from '../ui/States.tsx'

interface Props {
  readonly sender: Answer<'/providers/{id}'>
  readonly lastHour: number
}

export function SenderCost({ sender, lastHour }: Props) {
  const { cost, origin } = sender
  const [isOpen, setOpen] = useState(false)
  const mayWrite = useMay('senders:write') && origin !== 'environment'
  return (
    <span className="flex flex-wrap items-center gap-2">
      {cost
        ? t('{one} a message, {sum} in the last hour', {
            one: money(cost.amount, cost.currency),
            sum: money(cost.amount * lastHour, cost.currency),
          })
        : t('not known')}
      {mayWrite && (
        <Button look="link" onClick={() => setOpen(true)}>
          {cost ? t('Change the cost') : t('Say what a message costs')}
        </Button>
      )}
      {isOpen && <CostDialog sender={sender} onClose={() => setOpen(false)} />}
    </span>
  )
}

function CostDialog({ sender, onClose }: Pick<Props, 'sender'> & { onClose: () => void }) {
  const save = useAct(
    (cost: Props['sender']['cost']) =>
      put('/providers/{id}', { params: { id: sender.id }, body: { cost } }),
    {
      ...{ refreshes: ['/providers', '/providers/{id}'], quiet: true, done: t('Saved.') },
      onDone: onClose,
    },
  )
  const faults = fieldFaults(save.error)
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const amount = String(form.get('amount')).trim()
    const currency = String(form.get('currency')).trim().toUpperCase()
    save.mutate(amount === '' ? null : { amount: Number(amount), currency })
  }
  return (
    <Dialog open onClose={onClose} title={t('What a message costs')}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Fault error={save.error} />
        <TextField
          label={t('Cost of one message')}
          name="amount"
          type="number"
          step="any"
          min={0}
          dir="ltr"
          defaultValue={sender.cost?.amount ?? ''}
          hint={t('As the vendor charges it. Empty: not known.')}
          fault={faults['cost/amount']}
        />
        <TextField
          label={t('Currency')}
          name="currency"
          dir="ltr"
          maxLength={3}
          defaultValue={sender.cost?.currency ?? 'EUR'}
          hint={t('Three letters, such as EUR or ILS.')}
          fault={faults['cost/currency']}
        />
        <Button look="primary" type="submit" className="self-start" disabled={save.isPending}>
          {t('Save')}
        </Button>
      </form>
    </Dialog>
  )
}
