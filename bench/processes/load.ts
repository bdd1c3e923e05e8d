/**
 * Makes HTTP load over keep-alive connections, one request under way on each. Raw sockets:
 * on a machine of two cores a real client's own cost would be most of what is measured.
 */
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { quantile } from '../harness/bench.ts'
import { type LoadAnswer, LoadTask } from '../harness/load.ts'
import { runTask } from '../harness/task.ts'

const TICK_MS = 1 // between two looks at what an open loop owes

interface Line {
  readonly socket: Socket
  received: Buffer
  /** When its request was due; NaN while it has none. */
  since: number
}

class Load {
  private readonly task: LoadTask
  private readonly requests: readonly Buffer[]
  private readonly free: Line[] = []
  private readonly owed: number[] = []
  private readonly latencies: number[] = []
  private readonly sockets: Socket[] = []
  private sent = 0
  private answered = 0
  private failed = 0
  private failure: string | null = null
  private startedAt = 0
  private measuredFrom = Number.POSITIVE_INFINITY
  private lastAt = 0
  private over = false
  private finish: () => void = () => {}

  constructor(task: LoadTask, requests: readonly Buffer[]) {
    this.task = task
    this.requests = requests
  }

  async run(): Promise<LoadAnswer> {
    const { connections, port, seconds, warmUp, rate } = this.task
    const lines = await Promise.all(Array.from({ length: connections }, () => this.open(port)))
    const done = new Promise<void>((resolve) => {
      this.finish = resolve
    })
    this.startedAt = performance.now()
    if (seconds !== undefined) {
      this.measuredFrom = this.startedAt + warmUp * 1_000
      setTimeout(() => this.end(), (warmUp + seconds) * 1_000)
    }
    if (rate === undefined) for (const line of lines) this.next(line)
    else {
      this.free.push(...lines)
      this.owe(rate)
    }
    await done
    for (const socket of this.sockets) socket.destroy()
    return this.answer()
  }

  private async open(port: number): Promise<Line> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const line: Line = { socket, received: Buffer.alloc(0), since: Number.NaN }
    this.sockets.push(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    socket.on('data', (chunk: Buffer) => this.read(line, chunk))
    socket.on('close', () => this.lose(line))
    return line
  }

  /** Open loop: a request is due whether or not somebody is free to send it. */
  private owe(rate: number) {
    let count = 0
    const timer = setInterval(() => {
      if (this.over) return clearInterval(timer)
      const due = ((performance.now() - this.startedAt) / 1_000) * rate
      for (; count < due; count++) this.owed.push(this.startedAt + (count / rate) * 1_000)
      while (this.free.length > 0 && this.owed.length > 0) {
        const line = this.free.pop()
        if (line) this.send(line, this.owed.shift() ?? performance.now())
      }
    }, TICK_MS)
  }

  private next(line: Line) {
    const once = this.task.seconds === undefined
    if (once && this.sent >= this.requests.length) this.over = true
    if (this.task.rate !== undefined) {
      const due = this.owed.shift()
      if (due === undefined || this.over) this.free.push(line)
      else this.send(line, due)
    } else if (!this.over) this.send(line, performance.now())
    if (this.over && this.answered + this.failed >= this.sent) this.finish()
  }

  private send(line: Line, dueAt: number) {
    line.since = dueAt
    const request = this.requests[this.sent++ % this.requests.length]
    if (request) line.socket.write(request)
  }

  private read(line: Line, chunk: Buffer) {
    line.received = line.received.length > 0 ? Buffer.concat([line.received, chunk]) : chunk
    const end = line.received.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = line.received.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (line.received.length < end + 4 + length) return
    const body = line.received.subarray(end + 4)
    this.take(line, Number(head.slice(9, 12)), body)
    line.received = Buffer.alloc(0)
    this.next(line)
  }

  private take(line: Line, status: number, body: Buffer) {
    const now = performance.now()
    if (status >= 400 || Number.isNaN(line.since)) {
      this.failed++
      this.failure ??= `${status} ${body.toString('utf8', 0, 500)}`
      return
    }
    this.answered++
    const once = this.task.seconds === undefined
    if (once && this.answered === this.task.warmUp + 1) this.measuredFrom = now
    else if (now >= this.measuredFrom && !(this.over && !once)) {
      this.latencies.push(now - line.since)
      this.lastAt = now
    }
    line.since = Number.NaN
  }

  private lose(line: Line) {
    if (Number.isNaN(line.since)) return
    this.failed++
    this.failure ??= 'the server closed the connection'
    this.end()
  }

  private end() {
    this.over = true
    if (this.answered + this.failed >= this.sent) this.finish()
  }

  private answer(): LoadAnswer {
    const sorted = Float64Array.from(this.latencies).sort()
    const { answered, failed, failure } = this
    return {
      ...{ answered, failed, failure },
      perSecond: sorted.length / ((this.lastAt - this.measuredFrom) / 1_000),
      p50: quantile(sorted, 0.5),
      p95: quantile(sorted, 0.95),
      p99: quantile(sorted, 0.99),
      max: quantile(sorted, 1),
    }
  }
}

await runTask(LoadTask, async (task) => {
  const texts: string[] = JSON.parse(await readFile(task.requestsFile, 'utf8')) // load() wrote it
  return new Load(
    task,
    texts.map((text) => Buffer.from(text)),
  ).run()
})
