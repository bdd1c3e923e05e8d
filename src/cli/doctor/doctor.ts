/** `beckon doctor`: what is wrong and how to mend it. Changes nothing. */
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { exists } from '../../db/copyTree.ts'
import { type Db, openDb } from '../../db/db.ts'
import { open, seal } from '../../lib/crypt.ts'
import { loadSecrets } from '../../lib/secrets.ts'
import { type Context, type Ground, openToolGround, settingsOf } from '../context.ts'
import type { Flags } from '../output.ts'
import { runTool } from '../tool.ts'
import { checkConnections } from './connections.ts'
import { checkDatabase } from './database.ts'
import { type Finding, fail, pass, wordsOf } from './finding.ts'
import { checkJourneys } from './journeys.ts'
import {
  checkDataDir,
  checkDisk,
  checkNode,
  checkPublicUrl,
  checkSecrets,
  checkSettings,
  checkSpool,
  environmentFaults,
  hasEncryptionKey,
} from './machine.ts'
import { checkSenders } from './senders.ts'
import { checkWork } from './work.ts'

const CONNECTIONS = 4

/** Exit code 1 when anything fails; warnings pass. */
export function doctor(context: Context, flags: Flags): Promise<void> {
  return runTool(flags, async (out) => {
    const findings = await examine(context)
    const failed = findings.some(({ status }) => status === 'fail')
    out.result({ ok: !failed, checks: findings }, () => findings.map(line).join('\n'))
    if (failed) process.exitCode = 1
  })
}

function line({ check, status, detail, mend }: Finding): string {
  return `${status}  ${check}: ${detail}${mend === null ? '' : `\n      ${mend}`}`
}

async function examine(context: Context): Promise<Finding[]> {
  const node = checkNode()
  let config: Config
  try {
    config = settingsOf(context)
  } catch (error) {
    return [node, ...environmentFaults(error)] // all else depends on them
  }
  const folder = await checkDataDir(config)
  const own = config.DATABASE_URL === undefined
  const started = own && (await exists(join(config.DATA_DIR, 'postgres', 'PG_VERSION')))
  const findings = [node, ...checkSettings(config), folder, ...(await checkDisk(config))]
  if (folder.status === 'fail') return findings
  findings.push(...(await checkSecrets(config, started)), ...(await checkSpool(config)))
  if (own && !started) findings.push(pass('database', 'None yet; the first start makes it.'))
  else findings.push(...(await examineDatabase(config)))
  findings.push(...(await checkPublicUrl(config)))
  return findings
}

async function examineDatabase(config: Config): Promise<Finding[]> {
  let ground: Ground
  try {
    ground = await openToolGround(config)
  } catch (error) {
    const mend = `See the newest file in ${config.DATA_DIR}/postgres/log.`
    return [fail('database', wordsOf(error), mend)]
  }
  try {
    const { findings, usable } = await checkDatabase(ground.address, config)
    if (!usable) return [...findings]
    const db = await openDb(ground.address, { connections: CONNECTIONS })
    try {
      const senders = (await hasEncryptionKey(config)) ? await examineSenders(config, db) : []
      const journeys = await checkJourneys(db, config)
      return [...findings, ...(await checkWork(db)), ...journeys, ...senders]
    } finally {
      await db.close()
    }
  } finally {
    await ground.close()
  }
}

async function examineSenders(config: Config, db: Db): Promise<Finding[]> {
  const { encryptionKey } = await loadSecrets(config, config.DATA_DIR)
  const sealing = {
    seal: (text: string, about: string) => seal(encryptionKey, text, about),
    unseal: (sealed: string, about: string) => open(encryptionKey, sealed, about),
  }
  const examined = { db, config, sealing }
  return [...(await checkSenders(examined)), ...(await checkConnections(examined))]
}
