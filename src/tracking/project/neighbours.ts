/**
 * Who else of one company was reached from one network at about the same time (rule 13 of
 * classify.ts). Pure: which windows to look into, and whose hits come out of them.
 */
import type { Neighbour } from '../hits.ts'
import type { Engagement, NeighbourRow, Window } from '../store/engagements.ts'

type Sighting = Pick<Engagement, 'messageId' | 'company' | 'network' | 'at'>

/** One window per company, network and stretch of time, `seconds` wider on both sides than the hits. */
export function windowsAround(rows: readonly Sighting[], seconds: number): Window[] {
  const windows: { company: string; network: string; from: Date; to: Date }[] = []
  const open = new Map<string, { to: Date }>()
  for (const { atMs, company, network } of inOrder(rows)) {
    const key = `${company} ${network}`
    const to = new Date(atMs + seconds * 1000)
    const current = open.get(key)
    if (current && +current.to >= atMs - seconds * 1000) current.to = to
    else {
      const window = { company, network, from: new Date(atMs - seconds * 1000), to }
      open.set(key, window)
      windows.push(window)
    }
  }
  return windows
}

/** Those with a place, oldest first. Asking Dates for their time while sorting would take most of the time. */
function inOrder(rows: readonly Sighting[]) {
  return rows
    .flatMap(({ company, network, at }) =>
      company === null || network === null ? [] : [{ company, network, atMs: +at }],
    )
    .sort((a, b) => a.atMs - b.atMs)
}

/** Messages around that a crowd now explains, and that were not known for machines' before. */
export function messagesToReconsider(
  fresh: readonly Sighting[],
  around: readonly NeighbourRow[],
  least: number,
): Set<string> {
  const groups = new Map<string, Set<string>>()
  for (const { company, network, messageId } of [...fresh, ...around]) {
    if (company === null || network === null) continue
    const key = `${company} ${network}`
    groups.set(key, (groups.get(key) ?? new Set()).add(messageId))
  }
  const crowded = around.filter(
    (row) =>
      row.class !== 'machine' && (groups.get(`${row.company} ${row.network}`)?.size ?? 0) >= least,
  )
  return new Set(crowded.map((row) => row.messageId))
}

/** For each company and network, everything seen there, whichever message it was on. */
export function sightings(rows: readonly Sighting[], around: readonly NeighbourRow[]) {
  const byPlace = new Map<string, Neighbour[]>()
  const seen = new Set<string>()
  for (const { company, network, messageId, at } of [...around, ...rows]) {
    if (company === null || network === null) continue
    const id = `${messageId} ${network} ${+at}`
    if (seen.has(id)) continue
    seen.add(id)
    const place = byPlace.get(`${company} ${network}`)
    const neighbour = { messageId, at, prefix: network }
    if (place) place.push(neighbour)
    else byPlace.set(`${company} ${network}`, [neighbour])
  }
  return (messageId: string, own: readonly Sighting[]): Neighbour[] => {
    const places = new Set(own.map((row) => `${row.company} ${row.network}`))
    return [...places].flatMap((place) =>
      (byPlace.get(place) ?? []).filter((each) => each.messageId !== messageId),
    )
  }
}
