/** What became of each field, before and after. */
import { t } from '../lib/language.ts'

export type Change = readonly [field: string, before: unknown, after: unknown]

/** Those that an entry's details tell of. */
export function changesOf({ changes }: Readonly<Record<string, unknown>>): readonly Change[] {
  if (typeof changes !== 'object' || changes === null) return []
  return Object.entries(changes).map(([field, change]) => [
    field,
    sideOf(change, 'before'),
    sideOf(change, 'after'),
  ])
}

const sideOf = (change: unknown, name: string): unknown =>
  typeof change === 'object' && change !== null
    ? Object.entries(change).find(([key]) => key === name)?.[1]
    : undefined

export function Changes({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return null
  return (
    <table className="w-full text-sm">
      <caption className="mb-1 text-start font-medium">{t('What changed')}</caption>
      <thead>
        <tr className="border-b text-muted-foreground">
          {[t('Field'), t('Before'), t('After')].map((title) => (
            <th key={title} scope="col" className="px-2 py-1 text-start font-medium first:ps-0">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map(([field, before, after]) => (
          <tr key={field} className="border-b align-top last:border-0">
            <th scope="row" className="py-1.5 pe-2 text-start font-normal">
              <bdi dir="ltr" className="code">
                {field}
              </bdi>
            </th>
            <td className="px-2 py-1.5">
              <Value value={before} look="bg-destructive-soft text-destructive" />
            </td>
            <td className="px-2 py-1.5">
              <Value value={after} look="bg-success-soft text-success" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Value({ value, look }: { value: unknown; look: string }) {
  if (value === null || value === undefined || value === '')
    return <span className="text-muted-foreground">{t('nothing')}</span>
  return (
    <bdi dir="auto" className={`rounded px-1.5 py-0.5 break-words ${look}`}>
      {typeof value === 'string' ? value : JSON.stringify(value)}
    </bdi>
  )
}
