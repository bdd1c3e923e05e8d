/**
 * Whether somebody is there. What a page reads on its own, because something happened, says so to the
 * server (`X-Unattended`), and it does not keep an idle session alive.
 */
const MOMENT_MS = 60_000 // what is read within it was asked for by what was touched
let touched = Date.now()
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart'])
  addEventListener(kind, () => (touched = Date.now()), { passive: true })

/** For how long nobody has touched the page. */
export const untouchedMs = (): number => Date.now() - touched

export const isAttended = (): boolean => untouchedMs() < MOMENT_MS
