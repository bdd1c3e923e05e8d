/**
 * Preloaded into a server (`--import`): a machine whose clock is wrong by BECKON_CLOCK_SHIFT_MS, and
 * jumps by BECKON_CLOCK_JUMP_MS at SIGUSR2. Time that only goes forward (performance.now, timers) stays right, as it
 * does when somebody sets a clock.
 */
const RealDate = Date
let shiftMs = Number(process.env['BECKON_CLOCK_SHIFT_MS'] ?? 0)

class ShiftedDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(RealDate.now() + shiftMs)
    // Years, months and so on, as the wall shows them, mean the same whatever the clock.
    else super(...given)
  }
  static override now(): number {
    return RealDate.now() + shiftMs
  }
}
Object.defineProperty(globalThis, 'Date', {
  value: ShiftedDate,
  writable: true,
  configurable: true,
})
process.on('SIGUSR2', () => {
  shiftMs += Number(process.env['BECKON_CLOCK_JUMP_MS'] ?? 0)
})
