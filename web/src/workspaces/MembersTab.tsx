/** Who may sign in, and as what; inviting by a link that works once. */
import { type FormEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { post, put, type Row, remove } from '../lib/api.ts'
import { msg, t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay, useMe } from '../lib/session.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Code, CodeBlock, Text, When } from '../ui/Small.tsx'
import { Empty, Fault, Note } from '../ui/States.tsx'

type Member = Row<'/members'>
type Role = Member['role']

const roles: Record<Role, readonly [name: string, meaning: string]> = {
  owner: [msg('Owner'), msg('may do everything')],
  admin: [msg('Admin'), msg('everything but owners')],
  editor: [msg('Editor'), msg('messages, templates, journeys, contacts')],
  viewer: [msg('Viewer'), msg('reads')],
  client: [msg('Client'), msg('reads their own figures')],
}
const roleOptions = () =>
  Object.entries(roles).map(
    ([id, [name, meaning]]) => [id, `${told(name)} – ${told(meaning)}`] as const,
  )

export function MembersTab() {
  const query = useList('/members')
  const mayWrite = useMay('members:write')
  const own = useMe()?.member?.id
  const [leaving, setLeaving] = useState<Member | null>(null)
  const change = useAct(
    ({ id, role }: { id: string; role: Role }) =>
      put('/members/{id}', { params: { id }, body: { role } }),
    { refreshes: ['/members'], done: t('Saved.') },
  )
  const drop = useAct((id: string) => remove('/members/{id}', { params: { id } }), {
    refreshes: ['/members'],
    done: t('The member is removed.'),
    onDone: () => setLeaving(null),
  })
  return (
    <div className="flex flex-col gap-5">
      {mayWrite && <Invite />}
      <Card flush title={t('Members')}>
        <PagedTable
          label={t('Members')}
          query={query}
          keyOf={({ id }: Member) => id}
          columns={[
            {
              id: 'name',
              title: t('Name'),
              cell: ({ full_name, email, is_active }) => (
                <span className="flex flex-col">
                  <span>
                    <Text>{full_name ?? email}</Text>{' '}
                    {!is_active && <Badge tone="warn">{t('Locked out')}</Badge>}
                  </span>
                  <span className="text-muted-foreground">
                    <Code>{email}</Code>
                  </span>
                </span>
              ),
            },
            {
              id: 'role',
              title: t('Role'),
              cell: ({ id, role, email }) =>
                mayWrite && id !== own ? (
                  <SelectField
                    label={t('Role of {email}', { email })}
                    quiet
                    value={role}
                    options={roleOptions()}
                    onChange={(event) => change.mutate({ id, role: event.target.value as Role })} // one of the options
                  />
                ) : (
                  told(roles[role][0])
                ),
            },
            {
              id: 'totp',
              title: t('Second factor'),
              wide: true,
              cell: ({ two_factor }) =>
                two_factor ? <Badge tone="good">{t('on')}</Badge> : t('off'),
            },
            {
              id: 'seen',
              title: t('Last sign-in'),
              wide: true,
              cell: ({ last_login }) => (last_login ? <When at={last_login} /> : t('never')),
            },
            {
              id: 'deeds',
              title: <span className="sr-only">{t('Actions')}</span>,
              end: true,
              cell: (member) =>
                mayWrite &&
                member.id !== own && (
                  <Button size="sm" look="danger" onClick={() => setLeaving(member)}>
                    {t('Remove')}
                  </Button>
                ),
            },
          ]}
          empty={<Empty title={t('There is nobody yet.')} />}
        />
      </Card>
      {leaving && (
        <Confirm
          title={t('Remove this member?')}
          note={t('{email} is signed out everywhere and may not come in again.', {
            email: leaving.email,
          })}
          act={t('Remove')}
          pending={drop.isPending}
          onClose={() => setLeaving(null)}
          onConfirm={() => drop.mutate(leaving.id)}
        />
      )}
    </div>
  )
}

function Invite() {
  const invite = useAct(
    (body: { email: string; role: Role }) => post('/members/invitations', { body }),
    { refreshes: ['/members'], quiet: true },
  )
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    invite.mutate({ email: String(form.get('email')), role: String(form.get('role')) as Role }) // one of the options
  }
  return (
    <Card title={t('Invite somebody')} note={t('You get a link to pass on. It works once.')}>
      <form onSubmit={handleSubmit} className="flex flex-wrap items-end gap-3">
        <TextField
          label={t('Email')}
          name="email"
          type="email"
          required
          dir="ltr"
          className="min-w-52 flex-1"
        />
        <SelectField label={t('Role')} name="role" defaultValue="editor" options={roleOptions()} />
        <Button look="primary" type="submit" disabled={invite.isPending}>
          {t('Make the link')}
        </Button>
      </form>
      <div className="mt-3 flex flex-col gap-3">
        <Fault error={invite.error} />
        {invite.data?.url && (
          <>
            <Note tone="good">
              {t('Send this link to {email}. It is shown once.', { email: invite.data.email })}
            </Note>
            <CodeBlock label={t('The link')} text={invite.data.url} />
          </>
        )}
      </div>
    </Card>
  )
}
