/**
 * How long the thread may think about one run at once. Each render has its limit (templates/limits.ts),
 * but a journey has thousands of conditions with texts of their own, and nobody is answered meanwhile.
 */
import { MAX_CPU_MS } from '../templates/limits.ts'
import { TemplateError } from '../templates/templateError.ts'

interface Purse {
  spentUs: number
}

const purses = new WeakMap<object, Purse>()

function purseOf(owner: object): Purse {
  const known = purses.get(owner)
  if (known) return known
  const purse = { spentUs: 0 }
  purses.set(owner, purse)
  return purse
}

/** What is decided over these facts is paid by `owner`, with all else that it pays. */
export function paidBy<T extends object>(owner: object, facts: T): T {
  purses.set(facts, purseOf(owner))
  return facts
}

/** Milliseconds of thread time. */
export const spentBy = (owner: object): number => purseOf(owner).spentUs / 1_000

/** Throws TemplateError when nothing is left to pay it with. */
export function paid<T>(facts: object, work: () => T): T {
  const purse = purseOf(facts)
  if (purse.spentUs > MAX_CPU_MS * 1_000)
    throw new TemplateError('The texts and conditions take too long to work out.')
  const before = threadUs()
  try {
    return work()
  } finally {
    purse.spentUs += threadUs() - before
  }
}

function threadUs(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
