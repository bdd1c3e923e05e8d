/** The two sides of sending: the messages, and the requests that asked for them. */
import { Link } from '@tanstack/react-router'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'

const look =
  '-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted-foreground -outline-offset-2 aria-[current=page]:border-primary aria-[current=page]:text-foreground'
const exact = { exact: true, includeSearch: false }

export function MessageViews() {
  const mayRequests = useMay('requests:read')
  const mayMessages = useMay('messages:read')
  if (!mayRequests || !mayMessages) return null
  return (
    <nav aria-label={t('Messages and requests')} className="flex gap-1 overflow-x-auto border-b">
      <Link to="/messages" activeOptions={exact} className={look}>
        {t('Messages')}
      </Link>
      <Link to="/messages/requests" activeOptions={exact} className={look}>
        {t('API requests')}
      </Link>
    </nav>
  )
}
