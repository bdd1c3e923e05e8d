/** The journeys engine over a test database: real messages, senders and events; calls to vendors are the test's. */
import pino from 'pino'
import { upsertContacts } from '../../src/contacts/upsert.ts'
import { inWorkspace } from '../../src/db/db.ts'
import { recordEvents } from '../../src/events/record.ts'
import { buildJourneys } from '../../src/journeys/build.ts'
import { changeJourney } from '../../src/journeys/change.ts'
import { createJourney } from '../../src/journeys/create.ts'
import { enableJourney } from '../../src/journeys/enable.ts'
import type { Act } from '../../src/journeys/engine/deps.ts'
import type { JourneyEngine } from '../../src/journeys/engine/engine.ts'
import { JourneyDocument } from '../../src/journeys/schema.ts'
import type { RunRow } from '../../src/journeys/store/runs.ts'
import { createHttp } from '../../src/lib/http.ts'
import { system } from '../../src/workspaces/audit/audit.ts'
import type { TestDatabase } from './database.ts'
import { testEngine } from './engine.ts'

export interface TestJourneys {
  readonly workspaceId: string
  readonly engine: JourneyEngine
  /** What `act` steps do; exchangeable. */
  act: Act
  /** A second engine on the same database. */
  another(): Promise<JourneyEngine>
  /** Makes and enables a journey; answers its id. */
  add(document: unknown): Promise<string>
  change(journeyId: string, document: unknown): Promise<void>
  addContact(externalId: string, name: string, email: string): Promise<string>
  record(
    name: string,
    event: {
      contactId?: string
      messageId?: string
      source?: string
      properties?: Record<string, string | number | boolean>
    },
  ): Promise<void>
  runs(journeyId: string): Promise<RunRow[]>
  messages(): Promise<
    { id: string; address: string | null; contactId: string | null; status: string }[]
  >
  statusOf(messageId: string): Promise<string | undefined>
  /** By step: entered, gone. */
  counts(journeyId: string): Promise<Record<string, [number, number]>>
}

export async function testJourneys(database: TestDatabase): Promise<TestJourneys> {
  const { db, clock } = database
  const messages = await testEngine(database, { start: false })
  const { workspaceId, directories } = messages
  const http = createHttp({ guard: false })
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const build = () =>
    buildJourneys({
      ...{ db, log, directories, http, presence: messages.presence },
      act: (...call) => world.act(...call),
      onSent: () => {},
      onEdited: () => {},
    })
  const authorship = () => ({ actor: system, now: clock.now() })
  const world: TestJourneys = {
    workspaceId,
    engine: build(),
    act: async () => ({}),
    another: async () => build(),
    async add(document) {
      const parsed = JourneyDocument.parse(document)
      return inWorkspace(db, workspaceId, async (tx) => {
        const { row } = await createJourney(tx, workspaceId, parsed, authorship())
        await enableJourney(tx, workspaceId, row.id, authorship())
        return row.id
      })
    },
    async change(ref, document) {
      const parsed = JourneyDocument.parse(document)
      await inWorkspace(db, workspaceId, (tx) =>
        changeJourney(tx, workspaceId, { ref, document: parsed }, authorship()),
      )
    },
    async addContact(externalId, name, email) {
      const identities = [{ source: 'api', externalId }]
      const addresses = [{ kind: 'email', address: email, primary: true, verified: false }] as const
      const [made] = await upsertContacts(
        db.engine,
        workspaceId,
        [{ identities, details: { name }, addresses }],
        clock.now(),
      )
      if (!made?.ok) throw new Error('the contact was not made')
      return made.id
    },
    async record(name, { contactId, messageId, source = 'test', properties = {} }) {
      const event = {
        ...{ workspaceId, name, source, properties, at: clock.now() },
        contactId: contactId ?? null,
        messageId: messageId ?? null,
      }
      await recordEvents(db.engine, [event], clock.now())
    },
    runs: (journeyId) => db.engine<RunRow[]>`
      select * from journey_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId} order by id
    `,
    messages: () => db.engine`
      select id, address, contact_id, status from messages where workspace_id = ${workspaceId} order by id
    `,
    statusOf: messages.status,
    async counts(journeyId) {
      const rows = await db.engine<{ step: string; entered: number; gone: number }[]>`
        select step, entered, gone from journey_counts where workspace_id = ${workspaceId} and journey_id = ${journeyId}
      `
      return Object.fromEntries(rows.map(({ step, entered, gone }) => [step, [entered, gone]]))
    },
  }
  return world
}
