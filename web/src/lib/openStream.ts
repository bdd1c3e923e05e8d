/**
 * A stream of server-sent events that comes back whatever ended it. Browsers open one again when the
 * connection breaks, and give it up for good at any answer but 200 (WHATWG HTML §9.2.3): at the 502
 * of a proxy whose server starts anew, at a 503, at a 401 before somebody has signed in again.
 */
const FIRST_MS = 2_000
const LONGEST_MS = 60_000

/** `listen` is given each stream once, before it opens; the answer ends it all. */
export function openStream(address: string, listen: (stream: EventSource) => void): () => void {
  let pause = FIRST_MS
  let waiting: ReturnType<typeof setTimeout> | undefined
  let stream = open()

  function open() {
    clearTimeout(waiting)
    const opened = new EventSource(address)
    opened.addEventListener('open', () => {
      pause = FIRST_MS
    })
    opened.addEventListener('error', () => {
      if (opened.readyState !== EventSource.CLOSED) return // the browser comes back by itself
      waiting = setTimeout(openWhereSeen, pause * (0.5 + Math.random() / 2)) // not all at once
      pause = Math.min(pause * 2, LONGEST_MS)
    })
    listen(opened)
    return opened
  }
  function openWhereSeen() {
    if (stream.readyState !== EventSource.CLOSED || document.visibilityState !== 'visible') return
    stream = open()
  }

  document.addEventListener('visibilitychange', openWhereSeen)
  addEventListener('online', openWhereSeen)
  return () => {
    document.removeEventListener('visibilitychange', openWhereSeen)
    removeEventListener('online', openWhereSeen)
    clearTimeout(waiting)
    stream.close()
  }
}
