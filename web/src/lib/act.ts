/** Doing something: one call, then what it changed is read again, and a word about it. */
import { useMutation } from '@tanstack/react-query'
import { toast } from '../ui/toast.ts'
import { sayProblem } from './problem.ts'
import { refresh } from './query.ts'

interface Options<A> {
  /** Paths whose lists are read again afterwards. */
  readonly refreshes?: readonly string[]
  readonly done?: string | ((answer: A) => string)
  readonly onDone?: (answer: A) => void
  /** The form shows the fault itself. */
  readonly quiet?: boolean
}

/** What `useAct` gives, as a part of a page needs it that somebody else gives the work. */
export interface Act<I, A = unknown> {
  readonly isPending: boolean
  readonly error: unknown
  readonly data: A | undefined
  mutate(input: I): void
}

export function useAct<I, A>(work: (input: I) => Promise<A>, options: Options<A> = {}) {
  const { refreshes = [], done, onDone, quiet = false } = options
  return useMutation({
    mutationFn: work,
    onSuccess: async (answer) => {
      await refresh(...refreshes)
      if (done) toast('good', typeof done === 'string' ? done : done(answer))
      onDone?.(answer)
    },
    onError: (error) => {
      if (!quiet) toast('bad', sayProblem(error))
    },
  })
}
