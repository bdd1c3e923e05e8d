/**
 * A list as a table: its columns, its faces, and "more" when the server has more. Filters live in the
 * address (useUrl), so this only draws.
 */
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { type ColumnDef, type RowData, tableFeatures, useTable } from '@tanstack/react-table'
import { type HTMLAttributes, type ReactNode, useEffect, useMemo } from 'react'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'
import { Failed, Loading } from './States.tsx'

const features = tableFeatures({})

export interface Column<T> {
  readonly id: string
  readonly title: ReactNode
  readonly cell: (row: T) => ReactNode
  /** Numbers stand at the end of their cell. */
  readonly end?: boolean
  /** Gone on a phone. */
  readonly wide?: boolean
  /** The first to go where there is no room for all. */
  readonly extra?: boolean
}

/** What a row is called by: opens it, by the keyboard too. */
export function RowName({ onOpen, children }: { onOpen: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className="text-start font-medium hover:underline"
      onClick={(event) => {
        event.stopPropagation()
        onOpen()
      }}
    >
      {children}
    </button>
  )
}

interface Props<T> {
  readonly label: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly keyOf: (row: T) => string
  readonly onOpen?: (row: T) => void
  /** More of a row, such as that it can be dragged. */
  readonly rowProps?: (row: T) => HTMLAttributes<HTMLTableRowElement>
}

export function DataTable<T extends RowData>(props: Props<T>) {
  const { label, rows, columns, keyOf, onOpen, rowProps } = props
  const definitions = useMemo(
    () =>
      columns.map(({ id, title }): ColumnDef<typeof features, T> => ({ id, header: () => title })),
    [columns],
  )
  const table = useTable({ features, columns: definitions, data: rows, getRowId: keyOf })
  const byId = new Map(columns.map((column) => [column.id, column]))
  const place = (id: string) =>
    `px-2 py-2 first:ps-4 last:pe-4 sm:px-3 sm:first:ps-5 sm:last:pe-5 [&_.code]:[word-break:normal] ${byId.get(id)?.end ? 'text-end tabular-nums' : 'text-start'} ${byId.get(id)?.wide ? 'max-md:hidden' : ''} ${byId.get(id)?.extra ? 'max-xl:hidden' : ''}`
  return (
    <section className="relative overflow-x-auto" tabIndex={0} aria-label={label}>
      <table className="w-full text-sm">
        <caption className="sr-only">{label}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} className="border-b text-muted-foreground">
              {group.headers.map((header) => (
                <th key={header.id} scope="col" className={`${place(header.id)} font-medium`}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => {
            const more = rowProps?.(row.original)
            return (
              <tr
                {...more}
                key={row.id}
                onClick={onOpen && (() => onOpen(row.original))}
                className={`border-b last:border-0 ${onOpen ? 'cursor-pointer hover:bg-muted/60' : ''} ${more?.className ?? ''}`}
              >
                {columns.map((column) => (
                  <td key={column.id} className={place(column.id)}>
                    {column.cell(row.original)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

interface PagesProps<T> extends Omit<Props<T>, 'rows'> {
  readonly query: UseInfiniteQueryResult<{ pages: readonly { data: readonly T[] }[] }, Error>
  readonly empty: ReactNode
}

const none: readonly never[] = []

/** The same, of a list that comes page by page: its loading, empty and failed faces too. */
export function PagedTable<T extends RowData>({ query, empty, ...table }: PagesProps<T>) {
  const pages = query.data?.pages
  const rows = useMemo(() => pages?.flatMap(({ data }) => data) ?? none, [pages])
  // A rare match is looked for stretch by stretch: an empty page that is not the last is no answer yet.
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = query
  const goesOn = rows.length === 0 && hasNextPage && !isError
  useEffect(() => {
    if (goesOn && !isFetchingNextPage) void fetchNextPage()
  }, [goesOn, isFetchingNextPage, fetchNextPage])
  if (query.isPending || goesOn) return <Loading />
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  if (rows.length === 0) return <>{empty}</>
  return (
    <>
      <DataTable {...table} rows={rows} />
      {query.hasNextPage && (
        <div className="flex justify-center border-t p-3">
          <Button
            onClick={() => void query.fetchNextPage()}
            disabled={query.isFetchingNextPage}
            aria-busy={query.isFetchingNextPage}
          >
            {t('Show more')}
          </Button>
        </div>
      )}
    </>
  )
}
