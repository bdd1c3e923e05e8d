/** Filters stand in the address, where anybody may write anything. */

/** What may stand under a name that not every text is good for. */
export type Sound<Name extends string> = Partial<Record<Name, (value: string) => boolean>>

export const isTime = (value: string) => !Number.isNaN(Date.parse(value))

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
export const isUuid = (value: string) => uuid.test(value)

/** None of them: what is left after "Clear the filters". */
export const noneOf = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, ''])) as Record<Name, string> // the same names

/** Those that are given and sound. What the list does not know falls back to "every". */
export function given<Name extends string>(
  names: readonly Name[],
  filters: Readonly<Record<Name, string>>,
  isSound: Sound<Name>,
): Partial<Record<Name, string>> {
  const entries = names
    .map((name) => [name, filters[name]] as const)
    .filter(([name, value]) => value !== '' && isSound[name]?.(value) !== false)
  return Object.fromEntries(entries) as Partial<Record<Name, string>> // the same names
}
