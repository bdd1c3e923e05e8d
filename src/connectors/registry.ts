/** Every connector we have. The only list; the API, sync/ and the journeys' validation read it. */
import { close } from './close/close.ts'
import type { Connector } from './connector.ts'
import { monday } from './monday/monday.ts'

export const connectors: readonly Connector[] = [close as Connector, monday as Connector]

export function findConnector(id: string): Connector | undefined {
  return connectors.find((connector) => connector.id === id)
}
