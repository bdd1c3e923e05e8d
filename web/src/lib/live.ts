/**
 * What happens, while it happens: events of the workspace by server-sent events. Neither the stream
 * nor what a page reads because of it keeps a session alive (see attended.ts). Nothing is passed on once
 * nobody has touched the page for half an hour; when somebody does, they are told that more happened.
 */
import { useEffect, useRef } from 'react'
import { onTouched, untouchedMs } from './attended.ts'
import { openStream } from './openStream.ts'
import { useMay } from './session.ts'

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
const BACK_MS = 4_000 // the server tells what happened five seconds before a stream began

interface Wanted {
  readonly names?: string
  readonly message_id?: string
  readonly contact_id?: string
  /** Off pauses it. */
  readonly on?: boolean
}

/** Calls `onActivity` for each event, and with null when more happened, or may have, than was told. */
export function useActivity(wanted: Wanted, onActivity: (event: Activity | null) => void): void {
  const latest = useRef(onActivity)
  latest.current = onActivity
  const { names, message_id, contact_id } = wanted
  const on = useMay('messages:read') && (wanted.on ?? true)
  useEffect(() => {
    if (!on) return
    const query = new URLSearchParams()
    if (names) query.set('names', names)
    if (message_id) query.set('message_id', message_id)
    if (contact_id) query.set('contact_id', contact_id)
    let hasMissed = false
    const pass = (event: Activity | null) => {
      hasMissed ||= untouchedMs() >= IDLE_MS
      if (!hasMissed) latest.current(event)
    }
    const forget = onTouched(() => {
      if (hasMissed) latest.current(null)
      hasMissed = false
    })
    let deafSince: number | null = Date.now()
    const end = openStream(`/stream?${query}`, (stream) => {
      stream.addEventListener('open', () => {
        if (deafSince !== null && Date.now() - deafSince > BACK_MS) pass(null)
        deafSince = null
      })
      stream.addEventListener('error', () => {
        deafSince ??= Date.now()
      })
      stream.addEventListener('activity', ({ data }) => pass(JSON.parse(data) as Activity)) // as /stream describes
      stream.addEventListener('more', () => pass(null))
    })
    return () => {
      forget()
      end()
    }
  }, [names, message_id, contact_id, on])
}
