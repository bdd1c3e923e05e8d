/** Waits only so long for what may never answer. What was begun goes on unheard. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`No answer within ${ms} ms.`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Fastify's and our handlers read `code`: not now. */
export class Late extends Error {
  override name = 'Late'
  readonly code = 'CONNECT_TIMEOUT'
}
