/**
 * Rows that every message needs and that seldom change, kept for a moment.
 *
 * One load at a time per key, however many ask; a failed load is not kept. Another
 * process's change is seen after at most `ttlMs`; our own calls `forget`.
 */
export interface Cache<V> {
  get(key: string): V | Promise<V>
  forget(key: string): void
  clear(): void
}

interface Entry<V> {
  value: V
  freshUntil: number
}

export function createCache<V>(options: {
  load(key: string): Promise<V>
  ttlMs: number
  max: number
}): Cache<V> {
  const entries = new Map<string, Entry<V>>()
  const loading = new Map<string, Promise<V>>()

  const load = (key: string) => {
    const known = loading.get(key)
    if (known) return known
    const promise = options.load(key).then(
      (value) => {
        if (loading.get(key) === promise) {
          loading.delete(key)
          entries.delete(key)
          entries.set(key, { value, freshUntil: performance.now() + options.ttlMs })
          const oldest = entries.size > options.max ? entries.keys().next().value : undefined
          if (oldest !== undefined) entries.delete(oldest)
        }
        return value
      },
      (error) => {
        if (loading.get(key) === promise) loading.delete(key)
        throw error
      },
    )
    loading.set(key, promise)
    return promise
  }

  return {
    get(key) {
      const entry = entries.get(key)
      return entry && entry.freshUntil > performance.now() ? entry.value : load(key)
    },
    forget(key) {
      entries.delete(key)
      loading.delete(key)
    },
    clear() {
      entries.clear()
      loading.clear()
    },
  }
}
