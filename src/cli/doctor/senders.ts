/** Each configured sender: does it work, and if not, what does its provider say. */
import { checkRecords } from '../../channels/checkRecords.ts'
import { checkSender } from '../../channels/checkSender.ts'
import { createSenderDirectory, type SenderDirectory } from '../../channels/directory.ts'
import { notTakenIn } from '../../channels/provision.ts'
import type { Sealing } from '../../channels/settings.ts'
import { listSenders, type SenderRow } from '../../channels/store.ts'
import { openSettings, senderDomain } from '../../channels/view.ts'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/db.ts'
import { createDns, type Dns } from '../../lib/dns.ts'
import { createHttp } from '../../lib/http.ts'
import { DEFAULT_SLUG } from '../../workspaces/createWorkspace.ts'
import { listWorkspaces, type Workspace } from '../../workspaces/store.ts'
import { silent } from '../tool.ts'
import { type Finding, fail, pass, warn, wordsOf } from './finding.ts'
import { checkSharedWebhook } from './sharedWebhooks.ts'

const MAX_WORKSPACES = 1_000 // the check calls a vendor for each sender

interface Examined {
  readonly db: Db
  readonly config: Config
  readonly sealing: Sealing
}

export async function checkSenders({ db, config, sealing }: Examined): Promise<Finding[]> {
  const guardedHttp = createHttp({ guard: true })
  const trustedHttp = createHttp({ guard: false })
  const { PUBLIC_URL: publicUrl } = config
  const senders = createSenderDirectory({
    ...{ db, log: silent, guardedHttp, trustedHttp, unseal: sealing.unseal, publicUrl },
    variables: config,
  })
  const dns = createDns(config.DNS_SERVERS)
  const ground = { db, config, senders, sealing, publicUrl, dns }
  try {
    const findings: Finding[] = []
    for (const workspace of await listWorkspaces(db.app, { limit: MAX_WORKSPACES })) {
      findings.push(...(await checkWorkspace(ground, workspace)))
    }
    return findings
  } finally {
    await senders.close()
    await Promise.all([guardedHttp.close(), trustedHttp.close()])
  }
}

interface Ground extends Examined {
  readonly senders: SenderDirectory
  readonly publicUrl: string
  readonly dns: Dns
}

async function checkWorkspace(ground: Ground, workspace: Workspace): Promise<Finding[]> {
  const { db, senders, sealing } = ground
  const rows = await listSenders(db.engine, workspace.id)
  const real = rows.filter((row) => row.origin !== 'builtin' && row.status !== 'disabled')
  const check = `senders of ${workspace.slug}`
  const sealed = rows.find((row) => !opens(row, sealing))
  if (sealed) {
    const mend = 'Set ENCRYPTION_KEY, or DATA_DIR/secrets, to what it was when they were saved.'
    return [fail(check, `The settings of ${sealed.name} cannot be decrypted.`, mend)]
  }
  const late =
    workspace.slug === DEFAULT_SLUG ? environmentFindings(ground, workspace.id, rows) : []
  if (real.length === 0) {
    const mend =
      late[0]?.mend ?? 'Set SMTP_URL and EMAIL_FROM, or make a sender by POST /providers.'
    return [...late, warn(check, 'There are only sandboxes: nothing leaves this server.', mend)]
  }
  const now = db.clock.now()
  const found = real.map(async (row) => {
    const about = `${check}: ${row.name}`
    const works = await checkOne(senders, row, about, now)
    const shared = await checkSharedWebhook(ground, row, about)
    return [works, ...shared, ...(await recordFindings(ground, row, about))]
  })
  return [...late, ...(await Promise.all(found)).flat()]
}

/** Senders are looked at as the last start made them, which may be before their variables were written. */
function environmentFindings(
  { config, sealing }: Ground,
  workspaceId: string,
  rows: readonly SenderRow[],
): Finding[] {
  const names = notTakenIn(rows, workspaceId, config, sealing)
  if (names.length === 0) return []
  const detail = `The last start saw other settings than the environment has now: ${names.join(', ')}.`
  const check = `senders of ${DEFAULT_SLUG}: environment`
  return [warn(check, detail, 'Start Beckon again: it is read at each start.')]
}

function opens(row: SenderRow, sealing: Sealing): boolean {
  try {
    openSettings(row, sealing)
    return true
  } catch {
    return false
  }
}

async function checkOne(
  senders: SenderDirectory,
  row: SenderRow,
  check: string,
  now: Date,
): Promise<Finding> {
  const answer = await checkSender(senders, row.workspaceId, row.id).catch((error: unknown) => ({
    ok: false,
    detail: wordsOf(error),
  }))
  const mend =
    row.origin === 'environment'
      ? 'Correct its variables in the environment and start again.'
      : `Correct it by PUT /providers/${row.id}.`
  if (!answer.ok) return fail(check, answer.detail, mend)
  if (row.status === 'paused') {
    const detail = `It works and is paused: ${row.statusReason ?? 'no reason was given'}`
    return warn(check, detail, `PUT /providers/${row.id}/status {"status": "active"}`)
  }
  if (row.breakerOpenUntil && row.breakerOpenUntil > now) {
    const detail = `It works now; its circuit is open until ${row.breakerOpenUntil.toISOString()}. ${row.breakerReason ?? ''}`
    return warn(check, detail.trim(), 'Wait: it is tried again by itself.')
  }
  return pass(check, answer.detail)
}

/** The records of the domain that it sends from; none where nobody else is to believe it. */
async function recordFindings(ground: Ground, row: SenderRow, check: string): Promise<Finding[]> {
  if (senderDomain(row, ground.sealing) === null) return []
  const { workspaceId, id } = row
  const { domain, records } = await checkRecords(ground, { workspaceId, id }, ground.db.clock.now())
  return records.map(({ id: record, state, detail, wanted }) => {
    const about = `${check}: ${record} of ${domain}`
    if (state === 'found') return pass(about, detail)
    const mend = wanted
      ? `${wanted.name} ${wanted.type} ${wanted.value ?? '(as the vendor shows it)'}`
      : `GET /providers/${id}/records looks again.`
    return warn(about, detail, mend)
  })
}
