/** Puts the journeys engine together, for app.ts. */

import type { EngineDeps } from './engine/deps.ts'
import { createDocuments } from './engine/documents.ts'
import { createJourneyEngine, type JourneyEngine } from './engine/engine.ts'
import { createInTurn } from './engine/inTurn.ts'

export type JourneyOptions = Omit<EngineDeps, 'documents' | 'inTurn'>

export const buildJourneys = (options: JourneyOptions): JourneyEngine =>
  createJourneyEngine({
    ...options,
    documents: createDocuments(),
    inTurn: createInTurn(options.db),
  })
