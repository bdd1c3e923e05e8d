/**
 * What happens, while it happens: events of the workspace by server-sent events. The stream does not
 * keep a session alive by itself (the server does not count it), but what a page reads because of it
 * would; so nothing is passed on once nobody has touched the page for half an hour.
 */
import { useEffect, useRef } from 'react'

export interface Activity {
  readonly id: string
  readonly name: string
  readonly at: string
  readonly message_id: string | null
  readonly contact_id: string | null
  readonly source: string
  readonly properties: Readonly<Record<string, unknown>>
}

const IDLE_MS = 30 * 60_000
let touched = Date.now()
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart'])
  addEventListener(kind, () => (touched = Date.now()), { passive: true })

interface Wanted {
  readonly names?: string
  readonly message_id?: string
  readonly contact_id?: string
  /** Off pauses it. */
  readonly on?: boolean
}

/** Calls `onActivity` for each event, and with null when more happened than was told. */
export function useActivity(wanted: Wanted, onActivity: (event: Activity | null) => void): void {
  const latest = useRef(onActivity)
  latest.current = onActivity
  const { names, message_id, contact_id, on = true } = wanted
  useEffect(() => {
    if (!on) return
    const query = new URLSearchParams()
    if (names) query.set('names', names)
    if (message_id) query.set('message_id', message_id)
    if (contact_id) query.set('contact_id', contact_id)
    const stream = new EventSource(`/stream?${query}`)
    const pass = (event: Activity | null) => {
      if (Date.now() - touched < IDLE_MS) latest.current(event)
    }
    stream.addEventListener('activity', ({ data }) => pass(JSON.parse(data) as Activity)) // as /stream describes
    stream.addEventListener('more', () => pass(null))
    return () => stream.close()
  }, [names, message_id, contact_id, on])
}
