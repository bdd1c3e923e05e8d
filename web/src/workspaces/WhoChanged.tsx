/** From a thing to what the audit log has of it. */
import { Link } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'

export function WhoChanged({ id }: { id: string }) {
  if (!useMay('audit:read')) return null
  return (
    <Button asChild look="ghost">
      <Link to="/audit" search={searchOf({ target: id })}>
        <History aria-hidden /> {t('Who changed this')}
      </Link>
    </Button>
  )
}
