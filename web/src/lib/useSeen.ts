/** What is heavy waits until somebody is about to see it and the browser has nothing else to do. */
import { useCallback, useState } from 'react'

const NEAR = '200px' // from the screen
const LONGEST_MS = 1_000 // that it waits for a quiet moment

/** For the element whose place it has: true from when it was near the screen, and for good. */
export function useSeen(): [place: (element: Element | null) => (() => void) | undefined, boolean] {
  const [isSeen, setSeen] = useState(false)
  const place = useCallback((element: Element | null) => {
    if (!element) return
    let calledOff = () => {}
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        watch.disconnect()
        calledOff = whenIdle(() => setSeen(true))
      },
      { rootMargin: NEAR },
    )
    watch.observe(element)
    return () => {
      watch.disconnect()
      calledOff()
    }
  }, [])
  return [place, isSeen]
}

/** Safari has no idle callbacks. Answers how to call it off. */
function whenIdle(work: () => void): () => void {
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(work, 1)
    return () => clearTimeout(timer)
  }
  const handle = requestIdleCallback(work, { timeout: LONGEST_MS })
  return () => cancelIdleCallback(handle)
}
