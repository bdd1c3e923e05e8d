/** What the verbs of signing in work with. Made once in app.ts. */
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import type { Secrets } from '../lib/secrets.ts'

export interface Access {
  readonly db: Db
  readonly config: Pick<
    Config,
    'PUBLIC_URL' | 'SESSION_IDLE_MINUTES' | 'SERVICE_NAME' | 'OREE_API_KEY' | 'API_DOCS'
  >
  readonly secrets: Secrets
}

/** The other end of a request that signs in. */
export interface Client {
  readonly ip: string
  readonly userAgent: string | null
  readonly requestId: string
  /** The cookie of a device that has signed in before. */
  readonly device?: string | undefined
}
