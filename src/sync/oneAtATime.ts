/** Work of which a workspace may have one under way, in this process: what comes meanwhile is refused. */
import { AppError } from '../errors.ts'

export type OneAtATime = <T>(workspaceId: string, work: () => Promise<T>) => Promise<T>

/** `refusal` says what is under way and what to do. */
export function createOneAtATime(refusal: string): OneAtATime {
  const busy = new Set<string>()
  return async (workspaceId, work) => {
    if (busy.has(workspaceId)) throw new AppError('conflict', refusal)
    busy.add(workspaceId)
    try {
      return await work()
    } finally {
      busy.delete(workspaceId)
    }
  }
}
