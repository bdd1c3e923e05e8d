/** The versions of a journey, newest first; an old one can be begun with again. */
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { get, type Row } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { When } from '../ui/Small.tsx'
import { Empty } from '../ui/States.tsx'
import { Outline } from './Outline.tsx'
import type { Document, JourneyView } from './words.ts'

type Version = Row<'/journeys/{id}/versions'>

interface Props {
  readonly journey: JourneyView
  readonly onTake: ((document: Document) => void) | undefined
}

export function JourneyVersions({ journey, onTake }: Props) {
  const [shown, setShown] = useState<{ version: number; document: Document }>()
  const query = useList('/journeys/{id}/versions', {}, { params: { id: journey.id } })
  const open = useAct(
    (version: number) =>
      get('/journeys/{id}/versions/{version}', {
        params: { id: journey.id, version: String(version) },
      }),
    { onDone: setShown },
  )
  return (
    <Card flush title={t('Versions')}>
      <PagedTable
        label={t('Versions')}
        query={query}
        keyOf={({ version }: Version) => String(version)}
        onOpen={({ version }) => open.mutate(version)}
        columns={[
          {
            id: 'version',
            title: t('Version'),
            cell: ({ version }) => (
              <span className="flex items-center gap-2">
                <Button look="link" onClick={() => open.mutate(version)}>
                  {t('Version {version}', { version })}
                </Button>
                {version === journey.version && <Badge tone="good">{t('In use')}</Badge>}
              </span>
            ),
          },
          {
            id: 'at',
            title: t('Made'),
            end: true,
            cell: ({ created_at }) => <When at={created_at} />,
          },
        ]}
        empty={<Empty title={t('There are no versions.')} />}
      />
      {shown && (
        <Dialog
          open
          side="end"
          title={t('Version {version}', { version: shown.version })}
          onClose={() => setShown(undefined)}
        >
          {onTake && shown.version !== journey.version && (
            <span className="self-start">
              {journey.draft ? (
                <AskButton
                  look="outline"
                  title={t('Write over the draft?')}
                  note={t('There is a draft already. This version takes its place.')}
                  act={t('Begin with this version')}
                  onConfirm={() => onTake(shown.document)}
                />
              ) : (
                <Button onClick={() => onTake(shown.document)}>
                  {t('Begin with this version')}
                </Button>
              )}
            </span>
          )}
          <Outline document={shown.document} figures={[]} />
        </Dialog>
      )}
    </Card>
  )
}
