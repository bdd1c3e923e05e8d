/**
 * What a page shows stands in its address: filters, tab, open drawer. So links, Back and refresh keep
 * it. What somebody mistyped there falls back and is no error.
 */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

/** The values of these names (absent: ''), and how to change some. Changing `push`es a step for Back. */
export function useUrl<const Name extends string>(
  names: readonly Name[],
): [
  Readonly<Record<Name, string>>,
  (change: Partial<Record<Name, string>>, push?: boolean) => void,
] {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const values = Object.fromEntries(names.map((name) => [name, textOf(search[name])])) as Record<
    Name,
    string
  > // one for each name
  const change = useCallback(
    (next: Partial<Record<Name, string>>, push = false) => {
      const merged: Record<string, unknown> = { ...search, ...next }
      const kept = Object.entries(merged).filter(([, value]) => value !== '' && value !== undefined)
      void navigate({
        to: '.',
        search: searchOf(Object.fromEntries(kept)),
        replace: !push,
        resetScroll: false,
      })
    },
    [search, navigate],
  )
  return [values, change]
}

/** The router has read `1` as a number and `true` as a flag already. */
const textOf = (value: unknown): string =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : ''

/** What an address holds behind its `?`. Routes take any text (see router.tsx), so their types know no names. */
export const searchOf = (given: object) => given as never
