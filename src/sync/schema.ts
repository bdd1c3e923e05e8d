/** Connections in requests and answers. Pure. */
import { z } from 'zod'

const connectionStatuses = ['active', 'paused', 'disabled'] as const

/** `limited`: the vendor took no more calls; it goes on when it does again. */
export const runStatuses = ['running', 'done', 'failed', 'abandoned', 'limited'] as const
export type RunStatus = (typeof runStatuses)[number]

const Name = z.string().trim().min(1).max(200)
const Settings = z.record(z.string(), z.unknown()).meta({
  description: 'As GET /connectors/catalog describes them for this connector.',
})

export const NewConnection = z.strictObject({
  connector: z.string().min(1).max(100),
  name: Name.optional(),
  settings: Settings.default({}),
})
export type NewConnection = z.infer<typeof NewConnection>

/** What is left out stays. */
export const ConnectionChange = z.strictObject({
  name: Name.optional(),
  settings: Settings.optional().meta({
    description:
      'Only what changes. null removes a setting; a masked secret, sent back as it was shown, stays.',
  }),
})
export type ConnectionChange = z.infer<typeof ConnectionChange>

export const PauseRequest = z.strictObject({
  reason: z.string().trim().min(1).max(500).optional(),
})

const time = z.iso.datetime().nullable()

export const ConnectionView = z.object({
  id: z.uuid(),
  connector: z.string(),
  name: z.string(),
  status: z.enum(connectionStatuses),
  status_reason: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()).nullable().meta({
    description: 'Secrets are masked. null when they cannot be opened; see settings_fault.',
  }),
  settings_fault: z.string().nullable(),
  origin: z.enum(['environment', 'member']),
  since: z.iso.datetime().meta({ description: 'What happened before raised no event.' }),
  callback_url: z.string().nullable(),
  webhook: z.object({
    subscribed: z.boolean(),
    last_at: time,
    received: z.int(),
    rejected: z.int(),
    silent: z.boolean().meta({
      description: 'Polls find what webhooks should have told: they do not arrive.',
    }),
  }),
  tasks: z.array(
    z.object({
      name: z.string(),
      running: z.boolean(),
      last_at: time,
      next_at: time,
      failures: z.int(),
      last_error: z.string().nullable(),
      limited: z.boolean().meta({
        description:
          'It waits until next_at, for the vendor takes no more calls. That is no fault.',
      }),
      progress: z
        .object({ records: z.int(), of: z.int().nullable(), since: z.iso.datetime() })
        .nullable()
        .meta({ description: 'Of the run under way.' }),
    }),
  ),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
export type ConnectionView = z.infer<typeof ConnectionView>

export const ConnectorEntry = z.object({
  id: z.string(),
  name: z.string(),
  settings: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema.' }),
  sources: z.array(z.object({ id: z.string(), title: z.string() })),
  actions: z.array(z.object({ id: z.string(), title: z.string() })),
  webhooks: z.boolean(),
})

export const CheckResult = z.object({
  ok: z.boolean(),
  detail: z.string(),
  warnings: z.array(z.string()),
})
export type CheckResult = z.infer<typeof CheckResult>

export const NewTrial = NewConnection.omit({ name: true })
export type NewTrial = z.infer<typeof NewTrial>
export const TrialChange = ConnectionChange.pick({ settings: true })

export const Trial = CheckResult.extend({
  create: z.int().meta({ description: 'Contacts that would be made.' }),
  update: z.int().meta({ description: 'Contacts of which something would change.' }),
  skip: z.int().meta({ description: 'Contacts that would stay as they are.' }),
  events: z
    .int()
    .meta({ description: 'Events told; those that are known already would be dropped.' }),
  complete: z.boolean().meta({ description: 'false: only the first of all was counted.' }),
  sample: z.array(
    z.object({
      does: z.enum(['create', 'update', 'skip']),
      name: z.string().nullable(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      changes: z.array(
        z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() }),
      ),
    }),
  ),
})
export type Trial = z.infer<typeof Trial>

export const RunView = z.object({
  id: z.uuid(),
  connection_id: z.uuid(),
  task: z.string(),
  status: z.enum(runStatuses),
  pages: z.int(),
  records: z.int(),
  events: z.int().meta({ description: 'New ones; what was known before is not counted.' }),
  expected: z
    .int()
    .nullable()
    .meta({ description: 'Records of the whole, where the vendor tells.' }),
  error: z.string().nullable(),
  started_at: z.iso.datetime(),
  ended_at: time,
})

export const RunAgain = z.object({
  id: z.uuid(),
  connection_id: z.uuid(),
  status: z.enum(['due', 'waiting', 'disabled']).meta({
    description:
      'waiting: its connection is paused, and it is done once that is active. disabled: nothing is done until somebody switches that on.',
  }),
})

export const NewRun = z.strictObject({ connection_id: z.uuid() })
export const ConnectionParams = z.object({ id: z.uuid('not an id of a connection') })
