/** Who is invited and has not come yet, and the way to take that back. */
import { useEffect } from 'react'
import { useAct } from '../lib/act.ts'
import { type Row, remove } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { refresh, useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Text, When } from '../ui/Small.tsx'
import { roles } from './roles.ts'

type Invitation = Row<'/members/invitations'>
const EVERY_MS = 5_000 // joining is no event of the stream

/** Not there while nobody is invited. */
export function OpenInvitations() {
  const query = useList('/members/invitations')
  const mayWrite = useMay('members:write')
  const isAwaited = (query.data?.pages[0]?.data.length ?? 0) > 0
  useArrivals(isAwaited)
  const takeBack = useAct((id: string) => remove('/members/invitations/{id}', { params: { id } }), {
    refreshes: ['/members/invitations'],
    done: t('The invitation is taken back.'),
  })
  if (!isAwaited) return null
  return (
    <Card flush title={t('Open invitations')} note={t('Nobody has used these links yet.')}>
      <PagedTable
        label={t('Open invitations')}
        query={query}
        keyOf={({ id }: Invitation) => id}
        columns={[
          {
            id: 'email',
            title: t('Email'),
            cell: (invitation) => (
              <span className="flex flex-col">
                <span className="wrap-anywhere">
                  <bdi dir="ltr">{invitation.email}</bdi>
                </span>
                <span className="flex flex-col text-xs text-muted-foreground md:hidden">
                  <span>
                    {told(roles[invitation.role][0])} · {t('until')}{' '}
                    <When at={invitation.expires_at} exact zoned />
                  </span>
                  <span className="wrap-anywhere">
                    {t('Invited by')}: {inviterOf(invitation)}
                  </span>
                </span>
              </span>
            ),
          },
          { id: 'role', title: t('Role'), wide: true, cell: ({ role }) => told(roles[role][0]) },
          { id: 'by', title: t('Invited by'), wide: true, cell: inviterOf },
          {
            id: 'until',
            title: t('Works until'),
            wide: true,
            cell: ({ expires_at }) => <When at={expires_at} exact zoned />,
          },
          {
            id: 'deeds',
            title: <span className="sr-only">{t('Actions')}</span>,
            end: true,
            cell: ({ id, email }) =>
              mayWrite && (
                <AskButton
                  size="sm"
                  label={t('Take it back: {email}', { email })}
                  title={t('Take this invitation back?')}
                  note={t('The link of {email} opens nothing any more, and says so.', { email })}
                  act={t('Take it back')}
                  disabled={takeBack.isPending}
                  onConfirm={() => takeBack.mutate(id)}
                />
              ),
          },
        ]}
        empty={null}
      />
    </Card>
  )
}

type Inviter = Pick<Invitation, 'invited_by' | 'invited_by_name'>

function inviterOf({ invited_by, invited_by_name }: Inviter) {
  if (invited_by_name !== null) return <Text>{invited_by_name}</Text>
  return invited_by === null ? t('The operator or an API key') : t('A former member')
}

/** Reads again while somebody may come: who joins is a member at once, and no longer invited. */
function useArrivals(isAwaited: boolean): void {
  useEffect(() => {
    if (!isAwaited) return
    const timer = setInterval(() => {
      if (!document.hidden) void refresh('/members', '/members/invitations')
    }, EVERY_MS)
    return () => {
      clearInterval(timer)
      void refresh('/members')
    }
  }, [isAwaited])
}
