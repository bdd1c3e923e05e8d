/** Totals and rates of a period; `back` counts periods before this one. Read once for all who draw it. */
import { useQuery } from '@tanstack/react-query'
import { get } from '../lib/api.ts'
import { periodOf } from './period.ts'

export const useOverview = (days: number, back: number) =>
  useQuery({
    queryKey: ['/analytics/overview', days, back],
    queryFn: () => get('/analytics/overview', { query: periodOf(days, back) }),
  })
