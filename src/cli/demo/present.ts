/** The demo's present: a journey that people are in, and messages that wait. Once, as one transaction. */

import { connectors } from '../../connectors/registry.ts'
import { inWorkspace, type Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { ingest } from '../../events/ingest.ts'
import { recordEvents } from '../../events/record.ts'
import { eventInput } from '../../events/schema.ts'
import { createJourney } from '../../journeys/create.ts'
import { enableJourney } from '../../journeys/enable.ts'
import { JourneyDocument } from '../../journeys/schema.ts'
import { surroundingsIn } from '../../journeys/surroundings.ts'
import { faultsOf } from '../../journeys/validate/validate.ts'
import { acceptIn } from '../../messages/acceptIn.ts'
import { readFacts } from '../../messages/facts.ts'
import { prepare } from '../../messages/prepare.ts'
import { NewMessage } from '../../messages/schema.ts'
import { system } from '../../workspaces/audit/audit.ts'
import { people } from './people.ts'
import { SOURCE, type Stage } from './playDay.ts'
import { journeys } from './texts.ts'

const JOINED = 14 // people who came last
const WAITING = 9 // messages for the days to come
const HOUR_MS = 3_600_000

export async function playPresent(stage: Stage): Promise<void> {
  const { db, workspaceId } = stage
  const now = db.clock.now()
  await makeJourneys(stage)
  const items = waiting(now)
  const facts = await readFacts(stage.directories, workspaceId, items)
  const prepared = items.flatMap((item) => prepare(facts, item, { pointer: '', now }))
  await db.engine.begin(async (tx) => {
    if (await isFirst(tx, workspaceId, 'waiting', now)) await acceptIn(tx, prepared, now)
  })
}

/** False when this part was done before. */
async function isFirst(tx: Sql, workspaceId: string, part: string, now: Date): Promise<boolean> {
  const mark = {
    workspaceId,
    contactId: null,
    messageId: null,
    source: SOURCE,
    at: now,
    properties: {},
  }
  const made = await recordEvents(
    tx,
    [{ ...mark, name: 'demo.part_made', key: `part/${part}` }],
    now,
  )
  return made.length > 0
}

/** Over the next days, to one after the other. */
const waiting = (now: Date) =>
  people.slice(0, WAITING).map(({ externalId, name }, at) =>
    NewMessage.parse({
      ...{
        recipient_id: externalId,
        channel: 'email',
        template_id: 'order-confirmed',
        category: 'orders',
      },
      template_variables: { name, order: `A-${100 + at}` },
      scheduled_at: new Date(+now + (at + 1) * 7 * HOUR_MS).toISOString(),
    }),
  )

async function makeJourneys({ db, workspaceId }: Stage): Promise<void> {
  const now = db.clock.now()
  const authorship = { actor: system, now }
  const documents = journeys.map((journey) => JourneyDocument.parse(journey))
  for (const document of documents) {
    const [fault] = await faultsOf(document, surroundingsIn(db, connectors)(workspaceId))
    if (fault) throw new AppError('internal', `${document.name}${fault.pointer}: ${fault.detail}`)
  }
  await inWorkspace(db, workspaceId, async (tx) => {
    if (!(await isFirst(tx, workspaceId, 'journeys', now))) return
    for (const document of documents) {
      const { row } = await createJourney(tx, workspaceId, document, authorship)
      await enableJourney(tx, workspaceId, row.id, authorship)
    }
    const bodies = people
      .slice(-JOINED)
      .map(({ externalId }) => eventInput.parse({ name: 'user.joined', external_id: externalId }))
    await ingest(tx, workspaceId, { bodies, batch: true }, now)
  })
}
