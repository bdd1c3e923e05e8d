/** Where a contact is reached: add, make primary, take away, never use again. */
import { type FormEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, post, remove } from '../lib/api.ts'
import { msg, t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Code } from '../ui/Small.tsx'
import { Fault } from '../ui/States.tsx'
import { toast } from '../ui/toast.ts'

type Contact = Answer<'/contacts/{id}'>
type Address = Contact['addresses'][number]
type Kind = Address['kind']

const kinds: Record<Kind, string> = {
  email: msg('Email'),
  phone: msg('Phone'),
  push: msg('Push'),
}
const reasons: Readonly<Record<string, string>> = {
  bounce: msg('suppressed: it bounced'),
  complaint: msg('suppressed: they complained'),
  manual: msg('suppressed by hand'),
  erased: msg('suppressed: erased'),
}
const refreshes = ['/contacts', '/contacts/{id}']

export function ContactAddresses({ contact }: { contact: Contact }) {
  const mayWrite = useMay('contacts:write')
  const [adding, setAdding] = useState(false)
  return (
    <Card
      title={t('Addresses')}
      actions={
        mayWrite && (
          <Button size="sm" onClick={() => setAdding(!adding)} aria-expanded={adding}>
            {t('Add')}
          </Button>
        )
      }
    >
      {adding && <NewAddress id={contact.id} onDone={() => setAdding(false)} />}
      <ul className="flex flex-col gap-3 text-sm">
        {contact.addresses.map((address) => (
          <Line
            key={`${address.kind} ${address.address}`}
            id={contact.id}
            {...{ address, mayWrite }}
          />
        ))}
        {contact.addresses.length === 0 && <li className="text-muted-foreground">{t('None.')}</li>}
      </ul>
    </Card>
  )
}

function NewAddress({ id, onDone }: { id: string; onDone: () => void }) {
  const [kind, setKind] = useState<Kind>('email')
  const add = useAct(
    (address: string) =>
      post('/contacts/{id}/addresses', { params: { id }, body: { kind, address } }),
    { refreshes, quiet: true, done: t('Added.'), onDone },
  )
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    add.mutate(String(new FormData(event.currentTarget).get('address')))
  }
  return (
    <form onSubmit={handleSubmit} className="mb-4 flex flex-col gap-3">
      <Fault error={add.error} />
      <SelectField
        label={t('Kind')}
        value={kind}
        options={Object.entries(kinds).map(([each, words]) => [each, told(words)])}
        onChange={({ target }) => setKind(target.value as Kind)} // one of the options
      />
      <TextField label={t('Address')} name="address" required dir="ltr" />
      <Button look="primary" type="submit" className="self-start" disabled={add.isPending}>
        {t('Add the address')}
      </Button>
    </form>
  )
}

function Line({ id, address, mayWrite }: { id: string; address: Address; mayWrite: boolean }) {
  const { kind, primary, verified_at } = address
  const where = { kind, address: address.address }
  const found = useList('/suppressions', where)
  const suppressed = found.data?.pages[0]?.data[0]
  const prefer = useAct(
    () => post('/contacts/{id}/addresses', { params: { id }, body: { ...where, primary: true } }),
    { refreshes, done: t('It is the primary one now.') },
  )
  const drop = useAct(
    () => remove('/contacts/{id}/addresses/{kind}/{address}', { params: { id, ...where } }),
    { refreshes, done: t('The address is taken away.') },
  )
  const lift = useAct(() => remove('/suppressions/{kind}/{address}', { params: where }), {
    refreshes: ['/suppressions'],
    done: t('The address may be used again.'),
  })
  const suppress = useAct(() => post('/suppressions', { body: where }), {
    refreshes: ['/suppressions'],
    onDone: () => toast('good', t('It is never used again.'), () => lift.mutate(undefined)),
  })
  return (
    <li className="flex flex-wrap items-center gap-2">
      <Code>{address.address}</Code>
      {primary && <Badge tone="info">{t('primary')}</Badge>}
      {verified_at && <Badge tone="good">{t('verified')}</Badge>}
      {suppressed && (
        <span title={suppressed.detail ? said(suppressed.detail) : undefined}>
          <Badge tone="bad">{told(reasons[suppressed.reason] ?? suppressed.reason)}</Badge>
        </span>
      )}
      {mayWrite && (
        <span className="-ms-3 flex w-full flex-wrap gap-1">
          {!primary && (
            <Button size="sm" look="ghost" onClick={() => prefer.mutate(undefined)}>
              {t('Make primary')}
            </Button>
          )}
          {suppressed ? (
            <AskButton
              size="sm"
              look="ghost"
              title={t('Use this address again?')}
              note={t(
                'Whoever complained or bounced harms your sending when they are written to again.',
              )}
              act={t('Use it again')}
              disabled={lift.isPending}
              onConfirm={() => lift.mutate(undefined)}
            />
          ) : (
            <Button size="sm" look="ghost" onClick={() => suppress.mutate(undefined)}>
              {t('Never use it')}
            </Button>
          )}
          <AskButton
            size="sm"
            look="ghost"
            title={t('Take this address away?')}
            note={t('Nothing more goes to it. Added again, it is no longer a verified one.')}
            act={t('Take away')}
            disabled={drop.isPending}
            onConfirm={() => drop.mutate(undefined)}
          />
        </span>
      )}
    </li>
  )
}
