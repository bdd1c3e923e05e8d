/**
 * A free port, known before anything is written: `PORT=0` without PUBLIC_URL would otherwise put
 * localhost:0 into links, and sign-in would find every page to be of another origin.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Config } from '../config.ts'

const UNKNOWN = 'http://localhost:0' // what config.ts makes of PORT=0 and no PUBLIC_URL

export async function takePort(config: Config): Promise<Config> {
  if (config.PUBLIC_URL !== UNKNOWN) return config
  const port = await freePort(config.HOST)
  const url = `http://localhost:${port}`
  const warnings = config.warnings.map((warning) => warning.replace(UNKNOWN, url))
  return { ...config, PORT: port, PUBLIC_URL: url, warnings }
}

/**
 * Nobody holds it until the server listens. The system picks such ports at random from thousands, so
 * that another program seldom gets this one meanwhile; then the server says so and ends.
 */
async function freePort(host: string): Promise<number> {
  const server = createServer()
  await once(server.listen(0, host), 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port was given')
  return address.port
}
