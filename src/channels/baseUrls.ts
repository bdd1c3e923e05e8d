/**
 * Where a vendor's API is, for all: the operator's variable, such as META_BASE_URL, holds for every
 * sender whose settings name no other address. Unlike what members type it is trusted.
 */
import type { Provider } from './provider.ts'
import type { Settings } from './settings.ts'

/** The settings with the operator's address; undefined where they name their own, or there is none. */
export function withOperatorsBase(
  { baseUrl }: Provider,
  settings: unknown,
  variables: Readonly<Record<string, unknown>>,
): Settings | undefined {
  const operators = baseUrl && variables[baseUrl.variable]
  if (typeof operators !== 'string' || !baseUrl?.isOpen(settings)) return undefined
  return { ...(settings as Settings), base_url: operators } // every provider's are an object
}
