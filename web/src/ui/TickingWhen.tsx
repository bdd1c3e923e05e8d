/** "12 seconds ago", which grows while one looks at it. */
import { useEffect, useReducer } from 'react'
import { When } from './Small.tsx'

const EVERY_MS = 1_000

export function TickingWhen({ at }: { at: string }) {
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  // A clock behind the server's makes no future of it.
  const now = new Date()
  return <When at={new Date(at) > now ? now.toISOString() : at} />
}
