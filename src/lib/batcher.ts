/**
 * Group commit: while one batch is being written, the next one gathers, and may go beside it.
 *
 * Single database inserts manage a few thousand a second, batches of 500 a hundred
 * times that; concurrent callers therefore share a statement and a commit. Nobody
 * waits for a timer: an idle batcher writes at once.
 */
export interface Batcher<T, R> {
  /** Resolves when the batch that holds the item is durable. */
  add(item: T): Promise<R>
  /** Waits until everything added so far is settled. */
  drain(): Promise<void>
  readonly size: number
}

interface Waiting<T, R> {
  readonly item: T
  readonly weight: number
  resolve(result: R): void
  reject(error: unknown): void
}

const GATHER_MS = 3 // so long at most while more and more arrive

/**
 * `run` answers one result per item, in order. An item's result may be an Error, which
 * rejects that item alone; when `run` itself throws, every item of the batch is rejected.
 */
export function createBatcher<T, R>(options: {
  run(items: readonly T[]): Promise<readonly (R | Error)[]>
  /** Most weight in one batch. An item heavier than that goes alone. */
  maxWeight: number
  /** Batches being written at once. */
  concurrency: number
  /** So much weight must wait before a batch is begun while another is being written. */
  alongside?: number
  weigh?(item: T): number
  /** Waits so long for others before a batch that is not half full; by default until a turn of the event loop brings no more. */
  lingerMs?: number
}): Batcher<T, R> {
  const queue: Waiting<T, R>[] = []
  const weigh = options.weigh ?? (() => 1)
  const { lingerMs = 0, alongside = 1 } = options
  let weight = 0 // of what waits
  let running = 0
  let idle: (() => void)[] = []
  let scheduled = false

  const mayBegin = () =>
    queue.length > 0 && running < options.concurrency && (running === 0 || weight >= alongside)

  const begin = () => {
    scheduled = false
    while (mayBegin()) void write(take())
  }

  /** Turns of the loop let the requests that arrived together, or are arriving, travel together. */
  const gather = (seen: number, until: number) => {
    setImmediate(() => {
      const more = queue.length > seen && queue.length * 2 < options.maxWeight
      if (more && performance.now() < until) gather(queue.length, until)
      else begin()
    })
  }

  const schedule = () => {
    if (scheduled || !mayBegin()) return
    scheduled = true
    if (lingerMs > 0 && queue.length * 2 < options.maxWeight) setTimeout(begin, lingerMs)
    else gather(0, performance.now() + GATHER_MS)
  }

  const take = () => {
    let taken = 0
    let count = 0
    for (const waiting of queue) {
      if (count > 0 && taken + waiting.weight > options.maxWeight) break
      taken += waiting.weight
      count++
    }
    weight -= taken
    return queue.splice(0, count)
  }

  const write = async (batch: Waiting<T, R>[]) => {
    running++
    try {
      const results = await options.run(batch.map((waiting) => waiting.item))
      for (const [index, waiting] of batch.entries()) {
        const result = results[index]
        if (result instanceof Error) waiting.reject(result)
        else waiting.resolve(result as R) // one result per item is run's contract
      }
    } catch (error) {
      for (const waiting of batch) waiting.reject(error)
    } finally {
      running--
      if (queue.length > 0) schedule()
      else if (running === 0) {
        for (const resolve of idle) resolve()
        idle = []
      }
    }
  }

  return {
    add: (item) =>
      new Promise<R>((resolve, reject) => {
        const own = weigh(item)
        weight += own
        queue.push({ item, weight: own, resolve, reject })
        schedule()
      }),
    drain: () =>
      running === 0 && queue.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idle.push(resolve)),
    get size() {
      return queue.length
    },
  }
}
