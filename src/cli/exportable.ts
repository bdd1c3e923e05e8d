/** What `beckon export` writes; apart, so that its help needs no database. */
export const exportable = ['contacts', 'messages', 'suppressions'] as const
export type Exportable = (typeof exportable)[number]
