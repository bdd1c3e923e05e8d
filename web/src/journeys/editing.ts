/** What canvas and list can do with a journey that is being changed. */
import type { Way } from './edit.ts'
import type { Faults } from './useFaults.ts'
import type { Step } from './words.ts'

export interface Editing {
  readonly faults: Faults
  onInsert(way: Way, type: Step['type']): void
  onEdit(step: string): void
  onRemove(step: string): void
  onCopy(step: string): void
  onMove(step: string, by: -1 | 1): void
}
