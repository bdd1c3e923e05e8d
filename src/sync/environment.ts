/** What the environment's variables say about connections, and under which ids they are kept. */
import { derivedId } from '../channels/environment.ts'
import type { Settings } from '../channels/settings.ts'
import type { Config } from '../config.ts'
import type { Connector } from '../connectors/connector.ts'
import { connectors } from '../connectors/registry.ts'

export type ConnectionVariables = Readonly<Record<string, unknown>> &
  Pick<Config, 'CLOSEIO_API_KEY' | 'MONDAY_API_KEY'>

export interface WantedConnection {
  readonly id: string
  readonly connector: Connector
  readonly settings: Settings
}

/** Connections that the variables ask for; throws one Error that names each fault. */
export function wantedConnections(
  workspaceId: string,
  variables: ConnectionVariables,
): WantedConnection[] {
  const { wanted, faults } = readConnections(workspaceId, variables)
  if (faults.length > 0)
    throw new Error(
      `The environment's connections:\n${faults.map((each) => `  - ${each}`).join('\n')}`,
    )
  return wanted
}

function readConnections(workspaceId: string, variables: Readonly<Record<string, unknown>>) {
  const wanted: WantedConnection[] = []
  const faults: string[] = []
  for (const connector of connectors) {
    const given = connector.fromEnvironment(variables)
    if (given === null) continue
    const names = Object.fromEntries(
      Object.entries(given).map(([setting, { variable }]) => [setting, variable]),
    )
    const values = Object.fromEntries(
      Object.entries(given).flatMap(([setting, { value }]) =>
        value === undefined || value === '' ? [] : [[setting, value]],
      ),
    )
    const parsed = connector.settings.safeParse(values)
    if (parsed.success) {
      const id = derivedId(workspaceId, `connection/${connector.id}`)
      wanted.push({ id, connector, settings: parsed.data as Settings }) // settings are an object
      continue
    }
    for (const { path, message } of parsed.error.issues)
      faults.push(`${names[String(path[0])] ?? path.join('.')}: ${message}`)
  }
  return { wanted, faults }
}
