/** `beckon send`: one message, accepted as the API does; whoever works sends it. */
import { text } from 'node:stream/consumers'
import { assemble } from '../app/assemble.ts'
import { AppError, invalid } from '../errors.ts'
import { parse } from '../http/parse.ts'
import { NewMessage } from '../messages/schema.ts'
import { summaryOf } from '../messages/view.ts'
import { closeSandbox } from '../templates/sandbox.ts'
import { hasWorker } from './ground.store.ts'
import { silent, type Tool } from './tool.ts'

const WAIT_MS = 10_000
const BAD = new Set(['failed', 'bounced', 'skipped', 'expired', 'unknown'])

export interface SendOptions {
  readonly channel?: string
  readonly to?: string
  readonly recipient?: string
  readonly subject?: string
  readonly message?: string
  readonly html?: string
  readonly template?: string
  readonly var?: readonly string[]
  readonly locale?: string
  readonly category?: string
  readonly priority?: string
  readonly at?: string
  readonly wait?: boolean
  readonly workspace?: string
}

export async function sendMessage(tool: Tool, options: SendOptions): Promise<void> {
  const { db, address, secrets, config, out } = tool
  const workspace = await tool.workspace(options.workspace)
  const item = parse(NewMessage, await bodyOf(options))
  const assembly = await assemble({
    ...{ db, address, secrets, log: silent, publicUrl: config.PUBLIC_URL, roles: ['tool'] },
    onReceipts: async () => {}, // nothing is sent from here
  })
  try {
    const request = { workspaceId: workspace.id, items: [item], batch: false, repeat: null }
    const { accepted } = await assembly.acceptor.accept(request)
    const worked = await hasWorker(db.engine)
    if (!worked) out.note('No worker runs: it goes out when `beckon serve` or `beckon work` does.')
    const [first] = accepted
    if (!first) throw new AppError('internal')
    if (!options.wait || !worked || first.status === 'scheduled') {
      out.result(first, () => `Accepted as ${first.id}, ${first.status}.`)
      return
    }
    out.progress('Waiting for the provider …')
    const row = await assembly.waiting.settled(workspace.id, first.id, WAIT_MS)
    if (!row) throw new AppError('not_found', 'The message is gone.')
    const because = row.detail ? `: ${row.detail}` : '.'
    out.result(summaryOf(row), () => `${row.id} is ${row.status}${because}`)
    if (BAD.has(row.status)) process.exitCode = 1
  } finally {
    await assembly.close()
    await closeSandbox()
  }
}

/** As POST /notifications takes it. `--message -` reads stdin. */
async function bodyOf(options: SendOptions): Promise<Record<string, unknown>> {
  const message = options.message === '-' ? await text(process.stdin) : options.message
  const body = {
    channel: options.channel,
    to: options.to,
    recipient_id: options.recipient,
    subject: options.subject,
    message,
    html: options.html,
    template_id: options.template,
    template_variables: options.var && variablesOf(options.var),
    locale: options.locale,
    category: options.category,
    priority: options.priority,
    scheduled_at: options.at,
  }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}

function variablesOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((each): [string, string] => {
      const at = each.indexOf('=')
      if (at < 1) throw invalid('/template_variables', `${each}: write --var name=value.`)
      return [each.slice(0, at), each.slice(at + 1)]
    }),
  )
}
