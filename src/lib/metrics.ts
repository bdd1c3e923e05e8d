/** Prometheus metrics of this process (prom-client). Names begin with beckon_. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly registry: Registry
  sent(channel: string, provider: string, seconds: number): void
}

/** `gauges` are read when somebody asks: name, help, value. One that cannot be read now is NaN. */
export function createMetrics(
  gauges: readonly { name: string; help: string; value(): number | Promise<number> }[],
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'beckon_' })
  for (const { name, help, value } of gauges) {
    new Gauge({
      name: `beckon_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await Promise.resolve(value()).catch(() => Number.NaN))
      },
    })
  }
  const labelNames = ['channel', 'provider'] as const
  const sent = new Counter({
    name: 'beckon_messages_sent_total',
    help: 'Messages that a provider accepted.',
    labelNames,
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'beckon_provider_seconds',
    help: 'Time from handing a message to a provider to its answer.',
    labelNames,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [registry],
  })
  return {
    registry,
    sent(channel, provider, seconds) {
      sent.inc({ channel, provider })
      duration.observe({ channel, provider }, seconds)
    },
  }
}
