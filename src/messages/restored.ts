/** What is told of messages after a restore: see cli/restored.ts. */
export const RESTORED_UNKNOWN =
  'It was being sent when the backup was made that this database was restored from.'
export const RESTORED_HELD =
  'It was due before this database was restored from a backup and may have been sent since. `beckon redrive --status restored --yes` sends it.'
