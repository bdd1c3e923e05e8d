/** Each connection to another system: does it work, how old is its last poll, do its webhooks come. */
import type { Sealing } from '../../channels/settings.ts'
import type { Config } from '../../config.ts'
import { findConnector } from '../../connectors/registry.ts'
import { type Db, inWorkspace } from '../../db/db.ts'
import { createHttp } from '../../lib/http.ts'
import { buildSync } from '../../sync/build.ts'
import { checkConnection } from '../../sync/check.ts'
import type { SyncDeps } from '../../sync/deps.ts'
import { callbackUrlOf } from '../../sync/directory.ts'
import { type ConnectionRow, listConnections } from '../../sync/store/connections.ts'
import { listTasks, SUBSCRIBE, type TaskRow } from '../../sync/store/tasks.ts'
import { isSilent } from '../../sync/view.ts'
import { listWorkspaces } from '../../workspaces/store.ts'
import { silent } from '../tool.ts'
import { type Finding, fail, pass, warn, wordsOf } from './finding.ts'

const MAX_WORKSPACES = 1_000 // the check calls a vendor for each connection
const LATE_MS = 120_000 // a pull is taken within seconds, and after a crash within a minute

interface Examined {
  readonly db: Db
  readonly config: Config
  readonly sealing: Sealing
}

export async function checkConnections({ db, config, sealing }: Examined): Promise<Finding[]> {
  const guardedHttp = createHttp({ guard: true })
  const trustedHttp = createHttp({ guard: false })
  const { deps } = buildSync({
    ...{ db, log: silent, sealing, guardedHttp, trustedHttp, cacheHours: 0 },
    publicUrl: config.PUBLIC_URL,
    variables: config,
  })
  try {
    const findings: Finding[] = []
    for (const { id, slug } of await listWorkspaces(db.app, { limit: MAX_WORKSPACES })) {
      const rows = await inWorkspace(db, id, (tx) => listConnections(tx, id))
      for (const row of rows.filter((each) => each.status !== 'disabled'))
        findings.push(...(await checkOne(deps, row, `connection of ${slug}: ${row.name}`)))
    }
    return findings
  } finally {
    await Promise.all([guardedHttp.close(), trustedHttp.close()])
  }
}

async function checkOne(deps: SyncDeps, row: ConnectionRow, check: string): Promise<Finding[]> {
  const { workspaceId, id } = row
  const answer = await checkConnection(deps, workspaceId, id).catch((error: unknown) => ({
    ...{ ok: false, detail: wordsOf(error), warnings: [] },
  }))
  const mend =
    row.origin === 'environment'
      ? 'Correct its variables in the environment and start again.'
      : `Correct it by PUT /connectors/${id}.`
  const tasks = await inWorkspace(deps.db, workspaceId, (tx) => listTasks(tx, workspaceId, [id]))
  return [
    answer.ok ? pass(check, answer.detail) : fail(check, answer.detail, mend),
    ...answer.warnings.map((each) => warn(check, each, mend)),
    ...stateOf(row, check),
    ...tasks.flatMap((task) => taskFindings(task, row, check, deps.db.clock.now())),
    ...webhookFindings(row, check, deps),
  ]
}

function stateOf({ id, status, statusReason }: ConnectionRow, check: string): Finding[] {
  if (status === 'active') return []
  const detail = `It is ${status}: ${statusReason ?? 'no reason was given'}`
  return [warn(check, detail, `POST /connectors/${id}/activate, or start again.`)]
}

function taskFindings(
  { task, dueAt, lastAt, lastError, attempts }: TaskRow,
  { status, connector }: ConnectionRow,
  check: string,
  now: Date,
): Finding[] {
  const what = task === SUBSCRIBE ? 'Its webhook subscription' : `Pulling ${task}`
  const last = lastAt === null ? 'It never went through.' : `It last did ${lastAt.toISOString()}.`
  if (lastError !== null) {
    const times = attempts > 1 ? ` ${attempts} times` : ''
    const again =
      status === 'active' ? 'It is tried again.' : 'It is tried again when it is active again.'
    const mend = dueAt === null ? `Then \`beckon connector ${connector} subscribe\`.` : again
    return [warn(check, `${what} failed${times}: ${lastError} ${last}`, mend)]
  }
  if (dueAt === null || status !== 'active') return []
  if (+now - +dueAt > LATE_MS)
    return [warn(check, `${what} is late. ${last}`, 'Start `beckon serve` or `beckon work`.')]
  return lastAt === null ? [] : [pass(check, `${what} works. ${last}`)]
}

function webhookFindings(row: ConnectionRow, check: string, deps: SyncDeps): Finding[] {
  const found = neverCame(row, check, deps.publicUrl)
  if (isSilent(row, deps.db.clock.now())) {
    const detail = `Polls found ${row.missed} events that no webhook told.`
    const mend = 'See the subscription over there, and that PUBLIC_URL can be reached.'
    found.push(warn(check, detail, mend))
  }
  if (row.callbacksRejected > 0) {
    const detail = `${row.callbacksRejected} webhooks had a signature that does not fit.`
    found.push(warn(check, detail, 'See that the key is the one of this subscription.'))
  }
  if (row.callbackAt !== null)
    found.push(pass(check, `The last webhook came ${row.callbackAt.toISOString()}.`))
  return found
}

/** Until one comes, what is new over there is found only as often as it is looked for. */
function neverCame(row: ConnectionRow, check: string, publicUrl: string): Finding[] {
  const connector = findConnector(row.connector)
  const url = connector && callbackUrlOf({ row, connector }, publicUrl)
  if (!url || row.callbackAt !== null || row.status !== 'active') return []
  const detail = 'No webhook has come yet: what is new is found when it is looked for.'
  const mend = url.startsWith('https:')
    ? `\`beckon connector ${row.connector} subscribe\` makes it, or makes sure that it is there.`
    : `Set PUBLIC_URL to an https address that the internet reaches, and it is made at the next start. By hand, it is to call ${url}.`
  return [warn(check, detail, mend)]
}
