/** A keeper in a page: each change is kept, and what is left of them when the page or the editor goes. */
import { useEffect, useRef, useState } from 'react'
import { type Content, createKeeper, type Keeper, type Keeping, type Place } from './keeper.ts'

const MAX_KEEPALIVE = 60_000 // bytes; browsers let pages that are left send 64 KiB

/** Whether it can be sent while the page is left. */
export const mayOutlive = (body: unknown) => new Blob([JSON.stringify(body)]).size < MAX_KEEPALIVE

export type Kept<D> = Keeping &
  Pick<Keeper<D>, 'flush' | 'saw' | 'drop'> & {
    /** What is written says nothing that is not published. */
    readonly isIdle: boolean
  }

interface Kind<D> extends Place<D> {
  readonly id: string | undefined
  /** 0: nothing is kept yet. */
  readonly revision: number
  readonly content: Content<D>
  /** Whether it says nothing that is not published. */
  isIdle(content: Content<D>): boolean
  /** The editor is gone: `rest` ends once its last changes are kept, or refused. */
  onLeave(rest: Promise<unknown>): void
}

export function useKeeper<D>(kind: Kind<D>): Kept<D> {
  const [keeping, show] = useState<Keeping>({ state: 'kept' })
  const { content, id, revision } = kind
  const latest = useRef(kind)
  latest.current = kind
  const keeper = useRef<Keeper<D>>(undefined)
  keeper.current ??= createKeeper(
    { id, revision, content, show, isIdle: (written) => latest.current.isIdle(written) },
    {
      save: (...given) => latest.current.save(...given),
      drop: (...given) => latest.current.drop(...given),
    },
  )
  const { current } = keeper
  const text = JSON.stringify(content)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says whether it is another
  useEffect(() => current.want(content), [current, text])
  useEffect(() => {
    const leave = () => void current.flush().catch(() => {})
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      latest.current.onLeave(current.flush().catch(() => {}))
    }
  }, [current])
  const { flush, saw, drop } = current
  return { ...keeping, flush, saw, drop, isIdle: kind.isIdle(content) }
}
