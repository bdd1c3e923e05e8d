/** Everything between an accepted message and its provider. Nothing runs before `engine.start()`. */
import type { Logger } from 'pino'
import { createSenderDirectory, type DirectoryOptions } from '../channels/directory.ts'
import { createTopicDirectory } from '../consent/directory.ts'
import type { DatabaseAddress, Db } from '../db/db.ts'
import { announce } from '../db/presence.ts'
import { open, seal } from '../lib/crypt.ts'
import { createMac, deriveKey } from '../lib/hmac.ts'
import { createHttp } from '../lib/http.ts'
import type { Secrets } from '../lib/secrets.ts'
import { createTokens } from '../lib/token.ts'
import { createAcceptor } from '../messages/accept.ts'
import { createWaiting } from '../messages/await.ts'
import { buildDispatch, type DispatchOptions } from '../messages/dispatch/build.ts'
import { createEditor } from '../messages/editor.ts'
import type { Directories } from '../messages/facts.ts'
import { createFallbacks } from '../messages/fallback.ts'
import type { RenderDeps } from '../messages/render.ts'
import { createTemplateDirectory } from '../templates/directory.ts'
import { createWorkspaceDirectory } from '../workspaces/directory.ts'

const TRACKING_KEY_ID = 1 // the key that signs; older ones would be added beside it

export interface AssembleOptions {
  readonly db: Db
  readonly address: DatabaseAddress
  readonly log: Logger
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly roles: readonly string[]
  /** Receipts that come with an acceptance; tracking takes them. */
  onReceipts: DispatchOptions['onReceipts']
  /** The operator's, for the addresses of vendors' APIs. */
  variables?: DirectoryOptions['variables']
  onSent?: DispatchOptions['onSent']
}

export type Assembly = Awaited<ReturnType<typeof assemble>>

export async function assemble(options: AssembleOptions) {
  const { db, log, secrets, publicUrl } = options
  const sealing = {
    seal: (text: string, context: string) => seal(secrets.encryptionKey, text, context),
    unseal: (sealed: string, context: string) => open(secrets.encryptionKey, sealed, context),
  }
  const guardedHttp = createHttp({ guard: true })
  const trustedHttp = createHttp({ guard: false })
  const senders = createSenderDirectory({
    db,
    log,
    publicUrl,
    guardedHttp,
    trustedHttp,
    variables: options.variables ?? {},
    unseal: sealing.unseal,
  })
  const directories: Directories = {
    workspaces: createWorkspaceDirectory(db),
    senders,
    templates: createTemplateDirectory(db, publicUrl),
    topics: createTopicDirectory(db),
  }
  const tokens = createTokens({
    keys: new Map([[TRACKING_KEY_ID, deriveKey(secrets.encryptionKey, 'tracking')]]),
    current: TRACKING_KEY_ID,
  })
  const mac = createMac(deriveKey(secrets.encryptionKey, 'message-id'))
  const render: RenderDeps = { templates: directories.templates, tokens, mac, publicUrl }
  const waiting = createWaiting(db)
  const presence = await announce(db, options.address, options.roles)
  const engine = buildDispatch({
    db,
    log,
    presence,
    directories,
    render,
    onSent: options.onSent ?? (() => {}),
    onReceipts: options.onReceipts,
    onSettled: waiting.notify,
  })
  const acceptor = createAcceptor({ db, directories, onAccepted: engine.poke })
  const editor = createEditor({ db, log, directories, render })
  const fallbacks = createFallbacks({ db, log, directories, onSent: engine.poke })
  return {
    directories,
    sealing,
    tokens,
    mac,
    render,
    waiting,
    presence,
    engine,
    acceptor,
    editor,
    fallbacks,
    /** Stops sending, then closes connections to vendors. */
    async close() {
      await acceptor.drain()
      await editor.stop()
      await fallbacks.stop()
      await engine.stop()
      await senders.close()
      await Promise.all([guardedHttp.close(), trustedHttp.close()])
      await presence.close()
    },
  }
}
