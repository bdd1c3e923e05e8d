/**
 * A small name server (RFC 1035) in a process of its own, started by startDns.ts: answers TXT, A, PTR and CNAME
 * from the zone that it is told, says of every other name that there is none, and is silent where asked to.
 */
import { createSocket } from 'node:dgram'
import type { Zone } from './startDns.ts'

const TYPES = { A: 1, CNAME: 5, PTR: 12, TXT: 16 } as const
const HEADER = 12 // bytes
const NO_SUCH_NAME = 3
let zone: Zone = {}
let asked: string[] = [] // since the zone was set

const socket = createSocket('udp4')
socket.on('message', (query, from) => {
  const { name, end } = nameAt(query, HEADER)
  asked.push(name.toLowerCase())
  const type = query.readUInt16BE(end)
  const records = zone[name.toLowerCase()]
  if (records === 'silent') return
  const answers = answersOf(name, type)
  const header = Buffer.alloc(HEADER)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8180 | (records ? 0 : NO_SUCH_NAME), 2) // an answer, recursion as it was wanted
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(answers.length, 6)
  socket.send(
    Buffer.concat([header, query.subarray(HEADER, end + 4), ...answers]),
    ...([from.port, from.address] as const),
  )
})

/** What stands there of the type, behind the name that it is another one's. */
function answersOf(name: string, type: number): Buffer[] {
  const records = zone[name.toLowerCase()]
  if (!records || records === 'silent') return []
  return records.flatMap(([kind, value]) => {
    if (kind === 'CNAME')
      return [record(name, TYPES.CNAME, encoded(value)), ...answersOf(value, type)]
    if (TYPES[kind] !== type) return []
    return [record(name, type, dataOf[kind](value))]
  })
}

const dataOf = {
  A: (value: string) => Buffer.from(value.split('.').map(Number)),
  PTR: (value: string) => encoded(value),
  TXT: (value: string) => text(value),
}

function record(name: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(1, 2) // class IN
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([encoded(name), fixed, data])
}

const encoded = (name: string) =>
  Buffer.concat([
    ...name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ])

/** In pieces of at most 255 bytes. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 255) {
    const piece = bytes.subarray(at, at + 255)
    pieces.push(Buffer.from([piece.length]), piece)
  }
  return Buffer.concat(pieces)
}

/** Queries have no compressed names. */
function nameAt(query: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.'), end: at + 1 }
}

process.on('message', (told: { zone?: Zone }) => {
  if (told.zone) [zone, asked] = [told.zone, []]
  process.send?.(asked)
})
process.on('disconnect', () => process.exit())
socket.bind(0, '127.0.0.1', () => process.send?.({ port: socket.address().port }))
