/** The variables that a template declares, held against those that a message brings. */
export interface DeclaredVariable {
  readonly name: string
  readonly required: boolean
  readonly default?: unknown
}

type Given = Readonly<Record<string, unknown>>

/**
 * Names of required variables without a value, in the order declared. null and
 * the empty text are no value; a default is one.
 */
export function missingVariables(declared: readonly DeclaredVariable[], given: Given): string[] {
  return declared
    .filter((variable) => variable.required && !hasValue(variable.default))
    .filter(({ name }) => !hasValue(givenValue(given, name)))
    .map(({ name }) => name)
}

/** What was given, with defaults where nothing was. The argument stays as it is. */
export function withDefaults(
  declared: readonly DeclaredVariable[],
  given: Given,
): Record<string, unknown> {
  const filled = declared
    .filter((variable) => hasValue(variable.default) && !hasValue(givenValue(given, variable.name)))
    .map((variable) => [variable.name, variable.default] as const)
  return { ...given, ...Object.fromEntries(filled) }
}

function givenValue(given: Given, name: string): unknown {
  return Object.hasOwn(given, name) ? given[name] : undefined
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
