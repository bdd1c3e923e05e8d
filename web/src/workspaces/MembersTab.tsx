/** Who may sign in, and as what, and who is invited. */
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { put, type Row, remove } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay, useMe } from '../lib/session.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { SelectField } from '../ui/Field.tsx'
import { Code, Text, When } from '../ui/Small.tsx'
import { Empty } from '../ui/States.tsx'
import { Invite } from './Invite.tsx'
import { OpenInvitations } from './OpenInvitations.tsx'
import { type Role, roleOptions, roles } from './roles.ts'

type Member = Row<'/members'>

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
      <OpenInvitations />
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
