/** What a journey says beside its steps: its name, what it begins with, who leaves it and when it sends. */
import { useMemo } from 'react'
import { t } from '../lib/language.ts'
import { controlsFor } from './fields.tsx'
import { SchemaDrawer } from './SchemaDrawer.tsx'
import type { Document } from './words.ts'

interface Props {
  readonly document: Document
  readonly faults: Readonly<Record<string, string>>
  readonly onClose: () => void
  readonly onDone: (document: Document) => void
}

export function RulesDrawer({ document, ...rest }: Props) {
  const controls = useMemo(() => controlsFor([]), [])
  return (
    <SchemaDrawer
      title={t('Beginning and rules')}
      part={document}
      schemaIn={(catalog) => catalog.document}
      controls={controls}
      {...rest}
    />
  )
}
