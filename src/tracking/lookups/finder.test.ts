/** What is looked up after a hit was understood puts it in another light, and nothing waits for it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { startDns, type Zone } from '../../../test/helpers/startDns.ts'
import {
  log,
  publicUrl,
  trackingServer,
  trackingWorld,
} from '../../../test/helpers/trackingWorld.ts'
import { until } from '../../../test/helpers/until.ts'
import { createDns } from '../../lib/dns.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { createTemplateDirectory } from '../../templates/directory.ts'
import { createCounters } from '../counters.ts'
import { defaultLimits } from '../hits.ts'
import { insertHits, type NewHit } from '../store/hits.ts'
import { createFinder } from './finder.ts'
import { createNetworks } from './networks.ts'

const base = await testDatabase()
const { db, clock } = base
const dns = await startDns()
after(() => dns.close())

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0'
const AMAZON = '3.15.23.42'
const HOME = '81.2.69.142'
const LINKS = ['https://a.example/', 'https://b.example/']

const zone: Zone = {
  '0.23.15.3.origin.asn.cymru.com': [['TXT', '16509 | 3.14.0.0/15 | US | arin | 2017-12-20']],
  '42.23.15.3.in-addr.arpa': [['PTR', 'ec2-3-15-23-42.compute.example']],
  '0.23.15.91.origin.asn.cymru.com': [['TXT', '64496 | 91.15.0.0/16 | GB | ripencc | 2006-01-01']],
  '9.23.15.91.in-addr.arpa': [['PTR', 'eu-smtp-1.mimecast.com']],
}

async function start(options: { dnsServers?: readonly string[] } = { dnsServers: [dns.address] }) {
  const world = await trackingWorld(base)
  const server = await trackingServer(base, world, options)
  const record = (hit: Partial<NewHit> & { messageId: string }) =>
    insertHits(db.engine, [
      {
        ...{ id: uuid7(), workspaceNumber: world.number, kind: 'click', linkIndex: 0 },
        ...{ atMs: +clock.now(), ip: AMAZON, userAgent: FIREFOX, method: 'GET', purpose: null },
        ...hit,
      },
    ])
  const classes = async (messageId: string) => {
    const rows = await db.engine<{ class: string; reason: string }[]>`
      select class, reason from engagements where message_id = ${messageId} order by at, event_id
    `
    return rows.map((row) => `${row.class} ${row.reason}`)
  }
  return { ...world, ...server, record, classes }
}

/** The way of a message that left 90 seconds ago. */
async function clicked(options?: { dnsServers?: readonly string[] }, ip = AMAZON) {
  const world = await start(options)
  const id = await world.addMessage({ sentAgo: 90, links: LINKS })
  await world.record({ messageId: id, ip })
  await world.projector.runOnce()
  return { ...world, id }
}

test('a click out of a cloud is a person first, then a machine, and the counters with it', async () => {
  await dns.set(zone)
  const { id, projector, record, classes, counts, counters } = await clicked()
  assert.deepEqual(await classes(id), ['human person'])
  assert.equal((await counts())['clicked_human'], 1)
  await projector.lookUpOnce()
  assert.deepEqual(await classes(id), ['machine network_probable'])
  assert.deepEqual(await counts(), { clicked: 1, clicked_unique: 1 })
  assert.equal(counters.lookups, 1)
  const [kept] = await db.engine`select asn, host_name from engagements where message_id = ${id}`
  assert.deepEqual({ ...kept }, { asn: 16509, hostName: 'ec2-3-15-23-42.compute.example' })
  const told = await db.engine`select properties from events where message_id = ${id}`
  assert.equal(told[0]?.['properties']['class'], 'human') // as it was thought then
  assert.doesNotMatch(JSON.stringify(told), /16509|compute\.example/)

  await record({ messageId: id, kind: 'open', ip: HOME, atMs: +clock.now() + 1_000 })
  await projector.runOnce()
  assert.deepEqual(await classes(id), ['machine network_probable', 'human person'])
})

test('who does not look up, or has forgotten, judges again by what was found', async () => {
  await dns.set(zone)
  const { id, projector, record, classes, ...world } = await clicked()
  await projector.lookUpOnce()
  const other = await trackingServer(base, world)
  await record({ messageId: id, kind: 'open', ip: HOME, atMs: +clock.now() + 1_000 })
  await other.projector.runOnce()
  assert.deepEqual(await classes(id), ['machine network_probable', 'human person'])
})

test('what is remembered is used at once, of another workspace too, and asked for once', async () => {
  await dns.set(zone)
  const { id, projector, addMessage, record, classes } = await clicked()
  const stranger = await trackingWorld(base)
  const theirs = await stranger.addMessage({ sentAgo: 90, links: LINKS })
  await projector.lookUpOnce()
  const next = await addMessage({ sentAgo: 90, links: LINKS })
  await record({ messageId: next })
  await record({ messageId: theirs, workspaceNumber: stranger.number })
  await projector.runOnce()
  assert.deepEqual(await classes(next), ['machine network_probable'])
  assert.deepEqual(await classes(theirs), ['machine network_probable'])
  assert.deepEqual(await classes(id), await classes(next))
  await projector.lookUpOnce()
  assert.equal((await dns.asked()).length, 2)
})

test('the messages of another workspace are left as they are', async () => {
  await dns.set(zone)
  const quiet = await clicked({})
  const { id, projector, classes } = await clicked()
  await projector.lookUpOnce()
  assert.deepEqual(await classes(id), ['machine network_probable'])
  assert.deepEqual(await classes(quiet.id), ['human person'])
  assert.equal((await quiet.counts())['clicked_human'], 1)
})

test('an address with the name of a mail gateway is its network, also long after', async () => {
  await dns.set(zone)
  const { addMessage, record, projector, classes, counts } = await start()
  const id = await addMessage({ links: LINKS })
  await record({ messageId: id, ip: '91.15.23.9' })
  await record({ messageId: id, ip: HOME, atMs: +clock.now() + 60_000 })
  await projector.runOnce()
  await projector.lookUpOnce()
  assert.deepEqual(await classes(id), ['machine network', 'human person'])
  assert.equal((await counts())['clicked_human'], 1)
})

test('nobody is asked where it is off, and of private addresses, proxies and machines never', async () => {
  await dns.set(zone)
  const off = await clicked({})
  await off.projector.lookUpOnce()
  assert.deepEqual(await off.classes(off.id), ['human person'])
  const { addMessage, record, projector } = await start()
  const id = await addMessage({ links: LINKS })
  await record({ messageId: id, ip: '10.1.2.3' })
  await record({ messageId: id, ip: '::1' })
  await record({ messageId: id, kind: 'open', userAgent: 'via ggpht.com GoogleImageProxy' })
  await record({ messageId: id, userAgent: 'curl/8' })
  await record({ messageId: id, ip: null })
  await projector.runOnce()
  await projector.lookUpOnce()
  assert.deepEqual(await dns.asked(), [])
})

test('a name server that is silent delays nothing, and is asked again by the next hit', async () => {
  const names = Object.keys(zone).slice(0, 2)
  await dns.set(Object.fromEntries(names.map((name) => [name, 'silent'])))
  const { id, projector, addMessage, record, classes } = await clicked()
  projector.start()
  await until('the question', async () => (await dns.asked()).length > 0)
  const other = await addMessage({ links: LINKS })
  await record({ messageId: other, ip: '10.1.2.3' })
  projector.poke()
  await until('the next click', async () => (await classes(other)).length > 0)
  await projector.stop()
  assert.deepEqual(await classes(id), ['human person'])
  await dns.set(zone)
  await record({ messageId: id, atMs: +clock.now() + 1_000 })
  await projector.runOnce()
  await projector.lookUpOnce()
  assert.deepEqual(await classes(id), ['machine network_probable', 'machine network_probable'])
})

test('what a process that died had not looked up, the next one does', async () => {
  await dns.set(zone)
  const { id, classes, ...world } = await clicked({})
  const { projector } = await trackingServer(base, world, { dnsServers: [dns.address] })
  projector.start()
  const found = async () => (await classes(id))[0] === 'machine network_probable'
  await until('the next process to look it up', found)
  await projector.stop()
})

test('of a person erased meanwhile nothing is written', async () => {
  await dns.set(zone)
  const { id, projector, classes, workspaceId } = await clicked()
  await db.engine`delete from message_engagement where workspace_id = ${workspaceId}`
  await db.engine`delete from engagements where workspace_id = ${workspaceId}`
  await projector.lookUpOnce()
  assert.deepEqual(await classes(id), [])
  const kept = await db.engine`select from message_engagement where workspace_id = ${workspaceId}`
  assert.equal(kept.length, 0)
})

test('while hits come too fast nobody is asked, and what is too much is left out and counted', async () => {
  await dns.set(zone)
  const counters = createCounters()
  const networks = createNetworks({ dns: createDns([dns.address], 1), counters, clock })
  const templates = createTemplateDirectory(db, publicUrl)
  const deps = { templates, log, counters, logPii: false, limits: defaultLimits }
  const finder = createFinder({ db, networks, deps, resting: () => true })
  finder.start()
  const many = Array.from({ length: 20_003 }, () => ({
    ...({ id: uuid7(), kind: 'click', messageId: uuid7(), linkIndex: 0, at: clock.now() } as const),
    ...({ ip: AMAZON, userAgent: FIREFOX, method: 'GET', purpose: null, source: 'web' } as const),
    ...{ network: null, company: null, asn: null, hostName: null, version: 1 },
    ...({ class: 'human', reason: 'person' } as const),
  }))
  finder.note(uuid7(), many)
  finder.note(uuid7(), many.slice(0, 3))
  assert.equal(counters.lookupsLeftOut, 3)
  await finder.stop()
  assert.equal(counters.lookups, 0)
  assert.deepEqual(await dns.asked(), [])
})
