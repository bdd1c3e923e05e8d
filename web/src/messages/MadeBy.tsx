/** The request that made a message, where the log has it. */
import { Link } from '@tanstack/react-router'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { searchOf } from '../lib/url.ts'
import { Code } from '../ui/Small.tsx'

export function MadeBy({ id }: { id: string }) {
  const query = useList('/api-requests', { message_id: id })
  // A repetition names the messages too: the first request made them.
  const first = query.data?.pages.flatMap(({ data }) => data).at(-1)
  if (!first)
    return (
      <span className="text-muted-foreground">
        {query.isPending ? '…' : t('none in the log: it is older, or something here made it')}
      </span>
    )
  return (
    <Link
      to="/messages/requests"
      search={searchOf({ id: first.id })}
      className="text-primary underline-offset-4 hover:underline"
    >
      <Code>
        {first.method} {first.path}
      </Code>
    </Link>
  )
}
