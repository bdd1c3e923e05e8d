/** Saves a list as CSV: what its filters let through, in the columns that are on the screen. */
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useAct } from '../lib/act.ts'
import { csvFile } from '../lib/csv.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'
import { saveFile } from './Chart.tsx'
import { toast } from './toast.ts'

const MOST = 10_000 // rows; who needs more takes them from the API

export type CsvColumn<T> = readonly [
  title: string,
  value: (row: T) => string | number | null | undefined,
]

interface Props<T> {
  readonly title: string
  readonly columns: readonly CsvColumn<T>[]
  /** All there is. */
  readonly rows?: readonly T[]
  /** Read to its end first. */
  readonly query?: Pick<
    UseInfiniteQueryResult<{ pages: readonly { data: readonly T[] }[] }, Error>,
    'data' | 'hasNextPage' | 'fetchNextPage'
  >
}

export function SaveList<T>({ title, columns, rows, query }: Props<T>) {
  const save = useAct(async () => {
    const all = rows ?? (query ? await readAll(query) : [])
    const lines = all.map((row) => columns.map(([, value]) => value(row) ?? ''))
    saveFile(`${title}.csv`, csvFile([columns.map(([name]) => name), ...lines]))
    if (all.length >= MOST)
      toast('bad', t('The file holds the first {count} rows.', { count: number(MOST) }))
  })
  return (
    <Button
      look="ghost"
      size="sm"
      className="[header_&]:last:-me-3"
      disabled={save.isPending}
      aria-busy={save.isPending}
      onClick={() => save.mutate(undefined)}
    >
      <Download /> {t('CSV')}
    </Button>
  )
}

async function readAll<T>(query: NonNullable<Props<T>['query']>): Promise<T[]> {
  let { data, hasNextPage } = query
  const rows = () => data?.pages.flatMap((page) => page.data) ?? []
  while (hasNextPage && rows().length < MOST) {
    const next = await query.fetchNextPage({ cancelRefetch: false })
    if (next.error) throw next.error
    ;({ data, hasNextPage } = next)
  }
  return rows()
}
