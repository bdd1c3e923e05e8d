/** What `/metrics` tells, beside what every Node process has: docs/metrics.md. */
import type { Db } from '../db/db.ts'
import type { JourneyEngine } from '../journeys/engine/engine.ts'
import { countRunsInNeed, listLateJourneys } from '../journeys/health.store.ts'
import { createMetrics } from '../lib/metrics.ts'
import type { TrackingCounters } from '../tracking/counters.ts'
import type { Assembly } from './assemble.ts'

interface Counted {
  readonly db: Db
  readonly engine: Pick<Assembly['engine'], 'stats'>
  readonly journeys: Pick<JourneyEngine, 'stats'>
  readonly counters: TrackingCounters
}

export const createFigures = ({ db, engine, journeys, counters }: Counted) =>
  createMetrics([
    {
      name: 'messages_taken_total',
      help: 'Messages read by this process to be sent.',
      value: () => engine.stats.taken,
    },
    {
      name: 'messages_recovered_total',
      help: 'Messages taken over from dead processes.',
      value: () => engine.stats.recovered,
    },
    {
      name: 'settlements_fenced_total',
      help: 'Settlements that came after somebody else had taken over.',
      value: () => engine.stats.fenced,
    },
    { name: 'tracking_hits_total', help: 'Opens and clicks taken in.', value: () => counters.hits },
    {
      name: 'tracking_spooled_total',
      help: 'Hits that waited on disk for the database.',
      value: () => counters.spooled,
    },
    {
      name: 'tracking_forged_total',
      help: 'Tracking tokens that we did not sign.',
      value: () => counters.forgedTokens,
    },
    {
      name: 'network_lookups_total',
      help: 'Addresses whose network was looked up.',
      value: () => counters.lookups,
    },
    {
      name: 'network_lookups_left_out_total',
      help: 'Opens and clicks not looked up because too many waited, or it failed.',
      value: () => counters.lookupsLeftOut,
    },
    {
      name: 'callbacks_total',
      help: 'Vendor callbacks taken in.',
      value: () => counters.callbacks,
    },
    {
      name: 'journey_steps_total',
      help: 'Runs of journeys that this process took on.',
      value: () => journeys.stats.steps,
    },
    {
      name: 'journey_runs_attention',
      help: 'Runs of journeys that a person should look at, in all workspaces.',
      value: () => countRunsInNeed(db.engine),
    },
    {
      name: 'journey_runs_late_seconds',
      help: 'For how long the run that is due for longest has been due.',
      value: async () => {
        const now = db.clock.now()
        const [late] = await listLateJourneys(db.engine, now, 1)
        return late ? (+now - +late.dueAt) / 1000 : 0
      },
    },
    {
      name: 'callbacks_failed_total',
      help: 'Vendor callbacks that could not be processed.',
      value: () => counters.callbacksFailed,
    },
  ])
