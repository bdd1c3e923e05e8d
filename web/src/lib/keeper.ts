/**
 * Keeps a draft on the server while it is written: a moment after each change, one save at a time, each
 * over the revision that was seen, so that nobody's work is written over unasked.
 */

/** What is kept, and the version that it was begun with. */
export interface Content<D> {
  readonly document: D
  readonly basedOn: number
}

/** Where drafts are kept; `id` undefined: of what there is not yet. */
export interface Place<D> {
  save(id: string | undefined, content: Content<D>, seen: number): Promise<Kept>
  drop(id: string, seen: number): Promise<unknown>
}
export interface Kept {
  readonly id: string
  readonly revision: number
}

export type Keeping =
  | { readonly state: 'kept' | 'keeping' }
  | { readonly state: 'refused'; readonly error: unknown }

interface Start<D> {
  readonly id: string | undefined
  /** 0: nothing is kept yet. */
  readonly revision: number
  readonly content: Content<D>
  /** Whether it says nothing that is not published. */
  isIdle(content: Content<D>): boolean
  show(keeping: Keeping): void
}

export interface Keeper<D> {
  want(content: Content<D>): void
  /** Once all of it is kept; throws when it is refused. */
  flush(): Promise<Kept | undefined>
  /** What somebody else kept has been seen; with `content`, it is taken and mine is given up. */
  saw(revision: number, content?: Content<D>): void
  /** Nothing of it is kept any more. */
  drop(): Promise<void>
}

const PAUSE_MS = 500 // after a change

export function createKeeper<D>(start: Start<D>, place: Place<D>): Keeper<D> {
  let { id, revision } = start
  let wanted = start.content
  let kept: string | undefined = JSON.stringify(start.content) // undefined: what is kept is not known
  let running: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended: Keeping = { state: 'kept' }

  function end(keeping: Keeping): void {
    ended = keeping
    start.show(keeping)
  }

  async function run(): Promise<void> {
    for (let text = JSON.stringify(wanted); text !== kept; text = JSON.stringify(wanted)) {
      const content = wanted
      if (start.isIdle(content) && id !== undefined) {
        if (revision > 0) await place.drop(id, revision)
        revision = 0
      } else {
        const answer = await place.save(id, content, revision)
        id = answer.id
        revision = answer.revision
      }
      kept = text
    }
  }

  function begin(): Promise<void> {
    clearTimeout(timer)
    running ??= run()
      .then(
        () => end({ state: 'kept' }),
        (error: unknown) => {
          kept = undefined
          end({ state: 'refused', error })
          throw error
        },
      )
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    want(content) {
      wanted = content
      clearTimeout(timer)
      if (running === undefined && JSON.stringify(content) === kept) return start.show(ended)
      start.show({ state: 'keeping' })
      timer = setTimeout(() => void begin().catch(() => {}), PAUSE_MS)
    },
    async flush() {
      while (running || JSON.stringify(wanted) !== kept) await begin()
      return id !== undefined && revision > 0 ? { id, revision } : undefined
    },
    saw(next, content) {
      revision = next
      if (content === undefined) return
      clearTimeout(timer)
      wanted = content
      kept = JSON.stringify(content)
      end({ state: 'kept' })
    },
    async drop() {
      clearTimeout(timer)
      await running?.catch(() => {})
      wanted = start.content
      if (id !== undefined && revision > 0) await place.drop(id, revision)
      revision = 0
      kept = JSON.stringify(wanted)
    },
  }
}
