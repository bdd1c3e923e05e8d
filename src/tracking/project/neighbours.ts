/**
 * Who else of one company was reached from one network at about the same time (rule 13 of
 * classify.ts). Pure: which windows to look into, and whose hits come out of them.
 */
import type { Neighbour } from '../hits.ts'
import type { Engagement, NeighbourRow, Window } from '../store/engagements.ts'

type Sighting = Pick<Engagement, 'messageId' | 'company' | 'network' | 'at'>

/**
 * One window per company, network and stretch of time, `seconds` wider on both sides than the hits.
 * Hits in it mean nothing before `least` messages are there, so each says how many others it needs.
 */
export function windowsAround(
  rows: readonly Sighting[],
  { seconds, least }: { seconds: number; least: number },
): Window[] {
  const windows: { company: string; network: string; from: Date; to: Date; others: number }[] = []
  const open = new Map<string, { to: Date }>()
  const crowds = crowdsOf(rows)
  for (const { atMs, company, network } of inOrder(rows)) {
    const key = `${company} ${network}`
    const to = new Date(atMs + seconds * 1000)
    const current = open.get(key)
    if (current && +current.to >= atMs - seconds * 1000) current.to = to
    else {
      const others = Math.max(0, least - sizeOf(crowds.get(key)))
      const window = { company, network, from: new Date(atMs - seconds * 1000), to, others }
      open.set(key, window)
      windows.push(window)
    }
  }
  return windows
}

/** Who was reached at a place: the one message, mostly, or all of them. */
type Crowd = string | Set<string>

function crowdsOf(rows: Iterable<Omit<Sighting, 'at'>>): Map<string, Crowd> {
  const crowds = new Map<string, Crowd>()
  for (const { company, network, messageId } of rows) {
    if (company === null || network === null) continue
    const key = `${company} ${network}`
    const crowd = crowds.get(key)
    if (crowd === undefined) crowds.set(key, messageId)
    else if (typeof crowd !== 'string') crowd.add(messageId)
    else if (crowd !== messageId) crowds.set(key, new Set([crowd, messageId]))
  }
  return crowds
}

const sizeOf = (crowd: Crowd | undefined) =>
  typeof crowd === 'object' ? crowd.size : crowd === undefined ? 0 : 1

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
  if (around.length === 0) return new Set()
  const crowds = crowdsOf([...fresh, ...around])
  const crowded = around.filter(
    (row) =>
      row.class !== 'machine' && sizeOf(crowds.get(`${row.company} ${row.network}`)) >= least,
  )
  return new Set(crowded.map((row) => row.messageId))
}

/** For each company and network with `least` messages or more, everything seen there. */
export function sightings(
  rows: readonly Sighting[],
  around: readonly NeighbourRow[],
  least: number,
) {
  const everything = [...around, ...rows]
  const byPlace = new Map<string, Neighbour[]>()
  for (const [place, crowd] of crowdsOf(everything))
    if (sizeOf(crowd) >= least) byPlace.set(place, [])
  if (byPlace.size === 0) return () => []
  const seen = new Set<string>()
  for (const { company, network, messageId, at } of everything) {
    if (company === null || network === null) continue
    const place = byPlace.get(`${company} ${network}`)
    const id = place && `${messageId} ${network} ${+at}`
    if (!id || seen.has(id)) continue
    seen.add(id)
    place.push({ messageId, at, prefix: network })
  }
  return (messageId: string, own: readonly Sighting[]): Neighbour[] => {
    const places = new Set(own.map((row) => `${row.company} ${row.network}`))
    return [...places].flatMap((place) =>
      (byPlace.get(place) ?? []).filter((each) => each.messageId !== messageId),
    )
  }
}
