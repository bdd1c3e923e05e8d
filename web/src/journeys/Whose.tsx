/** Whom a run is for, and what tells it from others of the same. */
import { Link } from '@tanstack/react-router'
import { t } from '../lib/language.ts'
import { Code, Text } from '../ui/Small.tsx'
import type { Run } from './words.ts'

export function Whose({ run }: { run: Pick<Run, 'contact_id' | 'contact_name' | 'key'> }) {
  const { contact_id, contact_name, key } = run
  if (!contact_id) return <Code>{key}</Code>
  return (
    <span className="flex flex-col items-start">
      <Link
        to={`/contacts/${contact_id}`}
        className="text-primary underline-offset-4 hover:underline"
      >
        <Text>{contact_name ?? t('Open the contact')}</Text>
      </Link>
      {key !== contact_id && (
        <span className="text-xs text-muted-foreground">
          <Code>{key}</Code>
        </span>
      )}
    </span>
  )
}
