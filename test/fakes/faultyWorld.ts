/** A vendor that fails as it is told, and the HTTP client that asks it: for one test file, closed at its end. */
import { after } from 'node:test'
import { createHttp } from '../../src/lib/http.ts'
import { startFaultServer } from './startFaultServer.ts'

export async function faultyWorld() {
  const server = await startFaultServer()
  const http = createHttp({ guard: false })
  after(async () => {
    await http.close()
    await server.close()
  })
  return { server, http }
}
