/**
 * Whether somebody is there. What a page reads on its own, because something happened, says so to the
 * server (`X-Unattended`), and it does not keep an idle session alive.
 */
const MOMENT_MS = 60_000 // what is read within it was asked for by what was touched
let touched = Date.now()
const heard = new Set<() => void>()
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart'])
  addEventListener(kind, handleTouch, { passive: true })

function handleTouch() {
  touched = Date.now()
  for (const each of heard) each()
}

/** For how long nobody has touched the page. */
export const untouchedMs = (): number => Date.now() - touched

export const isAttended = (): boolean => untouchedMs() < MOMENT_MS

/** Calls `hear` whenever the page is touched, until what it gives is called. */
export function onTouched(hear: () => void): () => void {
  heard.add(hear)
  return () => void heard.delete(hear)
}
