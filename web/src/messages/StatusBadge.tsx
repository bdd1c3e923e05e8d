/** A message's state. */
import { told } from '../lib/language.ts'
import { Badge } from '../ui/Badge.tsx'
import { type Status, statuses } from './words.ts'

export function StatusBadge({ status }: { status: Status }) {
  const [words, tone] = statuses[status]
  return <Badge tone={tone}>{told(words)}</Badge>
}
