/** Contacts from a CSV file: which column is what, how far it is, which rows could not be taken. */

import { useQuery } from '@tanstack/react-query'
import { type ChangeEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { get, request } from '../lib/api.ts'
import { csvFile } from '../lib/csv.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { refresh } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { Button } from '../ui/Button.tsx'
import { saveFile } from '../ui/Chart.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { SelectField } from '../ui/Field.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { failedRows } from './failedRows.ts'
import { headersOf } from './headersOf.ts'
import { textOf } from './textOf.ts'

const LOOK_MS = 1_000 // while it runs; then it stops looking

interface Chosen {
  /** As it was read: on the disk it may change before it is sent. */
  readonly bytes: Blob
  readonly text: string
  readonly headers: readonly string[]
}

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<Chosen | null>(null)
  const [mapping, setMapping] = useState<Record<string, string>>({})
  const [id, setId] = useState('')
  const start = useAct(
    async () =>
      (await request('POST', '/contacts/imports', {
        query: Object.keys(mapping).length > 0 ? { mapping: JSON.stringify(mapping) } : {},
        raw: file?.bytes ?? '',
        type: 'text/csv',
      })) as { id: string }, // as the API describes it
    { quiet: true, onDone: (answer) => setId(answer.id) },
  )
  async function handleFile(event: ChangeEvent<HTMLInputElement>) {
    const given = event.target.files?.[0]
    if (!given) return
    const bytes = await given.arrayBuffer()
    const text = textOf(new Uint8Array(bytes))
    const headers = headersOf(text)
    setFile({ bytes: new Blob([bytes]), text, headers })
    start.reset()
    // A file of ours that was mended says why each row was not taken.
    setMapping(headers.includes(why()) ? { [why()]: 'ignore' } : {})
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('Import contacts')}
      note={t(
        'A CSV file with a header line. Rows that fit somebody change them; the others make new contacts.',
      )}
    >
      {id ? (
        <Progress id={id} text={file?.text ?? ''} />
      ) : (
        <div className="flex flex-col gap-4">
          <Fault error={start.error} />
          <label className="flex flex-col gap-1 text-sm font-medium">
            {t('File')}
            <input
              type="file"
              accept=".csv,.tsv,.txt,text/csv"
              className="rounded-md border border-input p-1 text-muted-foreground file:me-3 file:rounded file:bg-muted file:px-3 file:py-1 file:text-foreground"
              onChange={(event) => void handleFile(event)}
            />
          </label>
          {file && (
            <fieldset className="grid gap-3 sm:grid-cols-2">
              <legend className="mb-2 text-sm text-muted-foreground">
                {t('What each column is')}
              </legend>
              {file.headers.map((header) => (
                <SelectField
                  key={header}
                  label={<bdi>{header}</bdi>}
                  value={mapping[header] ?? ''}
                  options={targets()}
                  onChange={({ target }) => {
                    const { [header]: _, ...rest } = mapping
                    setMapping(target.value ? { ...rest, [header]: target.value } : rest)
                  }}
                />
              ))}
            </fieldset>
          )}
          <Button
            look="primary"
            disabled={!file || start.isPending}
            onClick={() => start.mutate(undefined)}
          >
            {t('Import')}
          </Button>
        </div>
      )}
    </Dialog>
  )
}

const targets = (): readonly (readonly [string, string])[] => [
  ['', t('By its name')],
  ['external_id', t('Your own id')],
  ['name', t('Name')],
  ['email', t('Email')],
  ['phone', t('Phone')],
  ['locale', t('Language')],
  ['time_zone', t('Time zone')],
  ['tags', t('Tags')],
  ['ignore', t('Leave it out')],
]

/** What the column is called that our files of failed rows have more. */
const why = () => t('Not taken because')

function Progress({ id, text }: { id: string; text: string }) {
  const { data, error } = useQuery({
    queryKey: ['/contacts/imports/{id}', id],
    queryFn: async () => {
      const answer = await get('/contacts/imports/{id}', { params: { id } })
      if (answer.status === 'done') await refresh('/contacts')
      return answer
    },
    refetchInterval: ({ state }) =>
      state.data && ['done', 'failed'].includes(state.data.status) ? false : LOOK_MS,
  })
  const save = useAct(
    () => request('GET', '/contacts/imports/{id}/failures.csv', { params: { id } }),
    {
      onDone: (failures) =>
        saveFile('failures.csv', csvFile(failedRows(text, String(failures), why()))),
    },
  )
  if (error) return <Fault error={error} />
  if (!data) return null
  const isOver = data.status === 'done' || data.status === 'failed'
  return (
    <div className="flex flex-col gap-3" role="status">
      {!isOver && <progress className="w-full" aria-label={t('Import')} />}
      {data.error && <Note tone="bad">{data.error}</Note>}
      <p>
        {t('{rows} rows read: {created} new, {updated} changed, {failed} not taken', {
          rows: number(data.rows),
          created: number(data.created),
          updated: number(data.updated),
          failed: number(data.failed),
        })}
      </p>
      {data.failures.length > 0 && (
        <>
          <ul className="max-h-48 overflow-y-auto text-sm">
            {data.failures.map(({ row, column, reason }) => (
              <li key={`${row} ${column}`}>
                {t('Row {row}, {column}: {reason}', {
                  row: number(row),
                  column,
                  reason: said(reason),
                })}
              </li>
            ))}
          </ul>
          <Button disabled={save.isPending} onClick={() => save.mutate(undefined)}>
            {t('The rows that were not taken, as CSV')}
          </Button>
          <p className="text-sm text-muted-foreground">
            {t('Each with its reason at the end. Mend them there and import that file.')}
          </p>
        </>
      )}
    </div>
  )
}
