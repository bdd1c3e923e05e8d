/**
 * What a connector is.
 *
 * A connector joins us to another system of record, such as a CRM. Its sources bring records in,
 * its callbacks are the same records sooner, and its actions change something over there.
 *
 * Like a provider a connector translates and does nothing else: it has no database, reads no
 * environment, and decides nothing about who is told of what. sync/ owns cursors, schedules,
 * leases and retries.
 *
 * To add one: write connectors/<name>.ts and add a line to connectors/registry.ts.
 */
import type { Logger } from 'pino'
import type { z } from 'zod'
import type { Http, RawRequest } from '../lib/http.ts'
import type { Rule } from './mapping.ts'

export interface Connector<S = unknown> {
  /** Stored in `connections.connector`, source of its events, and part of URLs. Never rename. */
  readonly id: string
  readonly name: string
  /** What a member fills in: the form, its validation, and what to encrypt (`secret()`). */
  readonly settings: z.ZodType<S>
  /**
   * What the environment's variables say about settings, each with the name of its variable, so that
   * faults can name it; null when they do not ask for this connector.
   */
  fromEnvironment(
    variables: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, { readonly variable: string; readonly value: unknown }>> | null
  /** The variable that puts another address in the place of the default of `settings.base_url`, for all. */
  readonly baseUrlVariable: string
  /** Headers that sign each request of `ctx.http`. */
  auth(settings: S): Readonly<Record<string, string>>
  /** Prove the settings work. Throws Misconfigured or Retryable. */
  check(ctx: ConnectorContext<S>): Promise<Checked>
  /** Where a person looks at a contact over there; null: it cannot be told. */
  linkOf?(contact: LinkedContact, settings: S): string | null
  readonly sources: Readonly<Record<string, Source<S>>>
  /** Absent when the system tells us nothing by itself. */
  readonly callbacks?: ConnectorCallbacks<S>
  readonly actions: Readonly<Record<string, Action<S>>>
}

/** What is known here of somebody over there. */
export interface LinkedContact {
  readonly externalId: string
  /** Properties of an event of theirs that the connector brought; empty: there is none. */
  readonly told: Readonly<Record<string, unknown>>
}

/** Sentences for people: what was found, and what works less well than it could. */
export interface Checked {
  readonly detail: string
  readonly warnings: readonly string[]
}

export interface ConnectorContext<S> {
  readonly settings: S
  /** Signed, and kept under the limits that the vendor names in its answers. */
  readonly http: Http
  now(): Date
  readonly log: Logger
  /** Of this process and this connection; nothing may depend on finding something here. */
  readonly memory: Memory
  /** Only to show what would come: nothing may be changed over there. */
  readonly isTrial: boolean
  /** When the connection was made: what happened before it is history and raises no event. */
  readonly since: Date
  /** Person or machine? tracking/ answers; a connector brings the facts. */
  classifyOpens(opens: readonly OpenHit[], facts: OpenFacts): readonly OpenClass[]
}

/** Forgets the least recently used, and what is older than its time. */
export interface Memory {
  get(key: string): string | undefined
  /** `forHours`: how long it may stay, counted from when it was set. */
  set(key: string, value: string, forHours: number): void
}

export interface OpenHit {
  readonly key: string
  readonly at: Date
  readonly ip: string | null
  readonly userAgent: string | null
}

export interface OpenFacts {
  readonly sentAt: Date
  readonly recipient: string | null
}

/** In the order of the opens. */
export interface OpenClass {
  readonly key: string
  readonly class: string
  readonly reason: string
}

/** Records coming in. */
export interface Source<S> {
  readonly title: string
  /** Seconds between two pulls; null: it is not pulled by itself. */
  everySeconds(settings: S): number | null
  /** False: it is not even pulled when somebody asks for a pull. */
  isWanted?(settings: S): boolean
  /**
   * Pages, each with the cursor that follows it (null the first time). sync/ saves a page and its
   * cursor in one transaction, so a crash repeats at most one page: it must be safe to apply twice.
   */
  pull(cursor: unknown, ctx: ConnectorContext<S>): AsyncIterable<Page>
}

export interface Page {
  readonly records: Records
  /** JSON. */
  readonly cursor: unknown
  /** How many records the whole has, where the system tells. */
  readonly of?: number
}

export type Records = readonly (ContactRecord | EventRecord)[]

export interface ContactRecord {
  readonly kind: 'contact'
  /** The connector's id. */
  readonly source: string
  readonly externalId: string
  readonly name?: string | null
  readonly email?: string | null
  /** E.164. */
  readonly phone?: string | null
  readonly traits?: Readonly<Record<string, unknown>>
  /** Who is right, by field: name, email, phone, traits.…; absent: what is told here. */
  readonly rules?: Readonly<Record<string, Rule>>
  /** When it was changed over there, as far as that is known. */
  readonly changedAt?: Date | null
}

export interface EventRecord {
  readonly kind: 'event'
  /** `object.verbed`. */
  readonly name: string
  /** The same key counts once, whether it came by webhook or poll, and however often. */
  readonly key: string
  readonly at: Date
  /** Whose event it is; made when there is nobody of that id. */
  readonly contact?: Pick<ContactRecord, 'source' | 'externalId'>
  readonly properties: Readonly<Record<string, unknown>>
}

export interface ConnectorCallbacks<S> {
  /** Where it calls us: /webhook/<path>. Never rename, for it is entered over there. */
  readonly path: string
  /**
   * What must be answered at once, such as a challenge: it is not stored. `settings` is null where
   * the request is for no connection in particular.
   */
  answer?(request: RawRequest, settings: S | null): unknown
  /**
   * `signed`: its words can be believed. `unsigned`: nothing to check it with, so it is only a hint to
   * look. `forged`: a signature that does not fit; it is refused and not stored. Constant-time.
   */
  verify(request: RawRequest, keys: CallbackKeys<S>): Verdict
  /** What follows from a stored callback. May be called again with the same one. */
  handle(
    request: RawRequest,
    verdict: 'signed' | 'unsigned',
    ctx: ConnectorContext<S>,
  ): Promise<Records>
  /**
   * Makes sure that the system calls `url`. One subscription per URL; safe to repeat. `known`: the id
   * that an earlier call answered.
   */
  subscribe?(ctx: ConnectorContext<S>, url: string, known: string | null): Promise<Subscription>
}

export type Verdict = 'signed' | 'unsigned' | 'forged'

export interface CallbackKeys<S> {
  readonly settings: S
  /** Key of the subscription that we made, as the vendor gave it; null without one. */
  readonly subscriptionKey: string | null
  readonly now: Date
}

export interface Subscription {
  readonly id: string
  /** What the vendor signs with. Told at creation only by some: null keeps the one we have. */
  readonly signatureKey: string | null
  readonly did: 'created' | 'reactivated' | 'kept'
}

/** Changes something over there. May run twice for one reason, so twice must be like once. */
export interface Action<S, P = unknown> {
  readonly title: string
  readonly params: z.ZodType<P>
  /** Whether this connection has what it is about; asked where there are several. Absent: any one has. */
  isHere?(params: P, ctx: ConnectorContext<S>): Promise<boolean>
  /** Answers JSON. Throws Retryable, Unanswered, Rejected or Misconfigured. */
  run(params: P, ctx: ConnectorContext<S>): Promise<unknown>
}

/** Lets TypeScript infer the settings from the schema. */
export function defineConnector<S>(connector: Connector<S>): Connector<S> {
  return connector
}

/** Lets TypeScript infer the parameters from their schema. */
export function defineAction<S, P>(action: Action<S, P>): Action<S> {
  return action as Action<S> // sync/ parses with `params` before it calls `run`
}
