/**
 * Which messages of a list are chosen. A choice is of one list: other filters begin with none, and what
 * was asked for under those before is no longer taken.
 */
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { allThatMatch } from './allThatMatch.ts'

type Ids = ReadonlySet<string>

interface Choice {
  /** The filters of its list, as JSON. */
  readonly list: string
  readonly ids: Ids
  /** Another with each beginning, by which an answer that comes late is known. */
  readonly round: number
}

export function useChoice(filters: Readonly<Record<string, string>>) {
  const list = JSON.stringify(filters)
  const [choice, setChoice] = useState<Choice>({ list, ids: new Set(), round: 0 })
  if (choice.list !== list) setChoice({ list, ids: new Set(), round: choice.round + 1 })
  const all = useAct(
    async (round: number) => ({ round, ids: new Set(await allThatMatch(filters)) }),
    {
      onDone: (found) =>
        setChoice((now) => (now.round === found.round ? { ...now, ...found } : now)),
    },
  )
  const isAsked = all.isPending && all.variables === choice.round
  const hasAll = all.data?.round === choice.round
  return {
    ids: choice.ids,
    choose: (ids: Ids) => setChoice((now) => chosenIn(now, ids)),
    drop: (ids: readonly string[]) =>
      setChoice((now) => chosenIn(now, now.ids.difference(new Set(ids)))),
    none: () => setChoice((now) => chosenIn(now, new Set())),
    /** Undefined: it is chosen, or on its way. */
    chooseAll: isAsked || hasAll ? undefined : () => all.mutate(choice.round),
  }
}

const chosenIn = (choice: Choice, ids: Ids): Choice => ({
  ...choice,
  ids,
  round: ids.size === 0 ? choice.round + 1 : choice.round,
})
