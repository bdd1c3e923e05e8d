/** What is wrong with a draft, as the server sees it, a moment after it was changed. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { post } from '../lib/api.ts'
import { ProblemError } from '../lib/problem.ts'
import { said } from '../lib/said.ts'
import { useSettled } from '../lib/useSettled.ts'
import type { Document } from './words.ts'

export interface Faults {
  readonly all: readonly { readonly pointer: string; readonly detail: string }[]
  readonly isChecked: boolean
  readonly error: unknown
}

export function useFaults(document: Document, enabled: boolean): Faults {
  const settled = useSettled(document)
  const query = useQuery({
    queryKey: ['/journeys/validate', settled],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: () => faultsOf(settled),
  })
  const { data, error } = query
  const isChecked = settled === document && query.isSuccess && !query.isPlaceholderData
  return useMemo(() => ({ all: data ?? [], isChecked, error }), [data, isChecked, error])
}

/** What is not even well-formed is refused by its form; both say where. */
async function faultsOf(document: Document) {
  try {
    return (await post('/journeys/validate', { body: document })).errors
  } catch (error) {
    if (!(error instanceof ProblemError) || !error.problem.errors) throw error
    return error.problem.errors
  }
}

/** Those of one step, by the pointer within it. */
export function faultsAt({ all }: Faults, at: number): Record<string, string> {
  const start = `/steps/${at}`
  const own = all.filter(({ pointer }) => pointer === start || pointer.startsWith(`${start}/`))
  return Object.fromEntries(
    own.map(({ pointer, detail }) => [pointer.slice(start.length + 1), said(detail)]),
  )
}

/** Those that no step has. */
export const faultsElsewhere = ({ all }: Faults): Record<string, string> =>
  Object.fromEntries(
    all
      .filter(({ pointer }) => !pointer.startsWith('/steps/'))
      .map(({ pointer, detail }) => [pointer.slice(1), said(detail)]),
  )
