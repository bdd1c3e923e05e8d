/** What `import catalog from '….po'` gives: see catalogs.ts. */
declare module '*.po' {
  import type { Messages } from '@lingui/core'

  const catalog: Messages
  export default catalog
}
declare module '*.po?ids' {
  import type { Messages } from '@lingui/core'

  const catalog: Messages
  export default catalog
}
declare module '*.po?plain' {
  const catalog: Readonly<Record<string, string>>
  export default catalog
}
declare module '*.css'
