/**
 * Where a vendor's API is, for all: the operator's variable, such as CLOSEIO_BASE_URL, holds for every
 * connection whose settings name no other address. Unlike what members type it is trusted.
 */
import { type Settings, settingsSchema } from '../channels/settings.ts'
import type { Connector } from '../connectors/connector.ts'
import { connectors } from '../connectors/registry.ts'

/** By the connector's id: what is meant by which address. */
export type BaseUrls = ReadonlyMap<string, { readonly own: string; readonly operators: string }>

export function baseUrlsOf(variables: Readonly<Record<string, unknown>>): BaseUrls {
  return new Map(
    connectors.flatMap((connector) => {
      const operators = variables[connector.baseUrlVariable]
      const own = ownBaseUrl(connector)
      return typeof operators === 'string' ? [[connector.id, { own, operators }] as const] : []
    }),
  )
}

/** The settings with the operator's address; undefined where they name their own, or there is none. */
export function withOperatorsBase(
  connectorId: string,
  settings: unknown,
  baseUrls: BaseUrls,
): Settings | undefined {
  const known = baseUrls.get(connectorId)
  const given = settings as Settings // every connector's are an object
  if (known === undefined || given['base_url'] !== known.own) return undefined
  return { ...given, base_url: known.operators }
}

function ownBaseUrl(connector: Connector): string {
  const { properties } = settingsSchema(connector) as {
    properties: Record<string, { default?: unknown }> // zod wrote it
  }
  return String(properties['base_url']?.default)
}
