/**
 * Which variables a template declares: those it was given, or what its content uses.
 *
 * A name that is taken from the content is required, unless the content provides for its
 * absence by a condition on it or by the `default` filter.
 */
import { AppError, invalid } from '../errors.ts'
import { compile } from './compile.ts'
import type { Contents } from './contents.ts'
import { type NewTemplate, VariableName } from './schema.ts'
import type { DeclaredVariable } from './variables.ts'

/** Filled in by us for every message. */
const BUILT_IN: ReadonlySet<string> = new Set(['unsubscribe_url', 'preferences_url', 'contact'])

// Both are linear: no part may give back what a neighbour could take.
const CONDITION = /\{%-?\s*(?:if|elsif|unless|case)\b([^{}%]*)%\}/g
const OUTPUT = /\{\{-?\s*([A-Za-z_]\w*)(?!\w)([^{}]*)\}\}|(?<!\{)\{([A-Za-z_]\w*)(?:\.\w+)*\}/g
const DEFAULTED = /\|\s*default\s*:/

/** Raises `invalid_input` that names what the content uses and the list does not have. */
export function declare(
  given: NonNullable<NewTemplate['variables']>,
  contents: Contents,
): DeclaredVariable[] {
  const declared = given.map((each) =>
    typeof each === 'string' ? { name: each, required: true } : each,
  )
  const names = new Set<string>()
  for (const [index, { name }] of declared.entries()) {
    if (BUILT_IN.has(name))
      throw invalid(`/variables/${index}`, `${name} is filled in for you. Leave it out.`)
    if (names.has(name)) throw invalid(`/variables/${index}`, `${name} is named twice.`)
    names.add(name)
  }
  const unknown = usedNames(contents).filter((name) => !names.has(name))
  if (unknown.length === 0) return declared
  throw new AppError(
    'invalid_input',
    `The content uses what variables does not name: ${unknown.join(', ')}.`,
    {
      errors: unknown.map((name) => ({
        pointer: '/variables',
        detail: `The content uses ${name}; declare it.`,
      })),
    },
  )
}

/** Declarations for changed content: known ones stay while they are used, new names are added. */
export function redeclare(
  known: readonly DeclaredVariable[],
  contents: Contents,
): DeclaredVariable[] {
  const optional = optionalNames(contents)
  return usedNames(contents).map(
    (name) =>
      known.find((variable) => variable.name === name) ?? { name, required: !optional.has(name) },
  )
}

/** In order of appearance, without the names that are ours. The contents must compile. */
function usedNames(contents: Contents): string[] {
  const names = sourcesOf(contents).flatMap(
    (source) => compile(source, { escape: 'none' }).variables,
  )
  const used = [...new Set(names)].filter((name) => !BUILT_IN.has(name))
  for (const name of used) requireName(name)
  return used
}

/** LiquidJS takes more for a name than can be declared and filled in: `first-name`, `1e3`. */
function requireName(name: string): void {
  const { success } = VariableName.safeParse(name)
  if (success) return
  const shown = JSON.stringify(name.slice(0, 100))
  throw new AppError(
    'invalid_input',
    `The content uses ${shown}, which cannot be the name of a variable: letters, digits and _ only.`,
  )
}

function optionalNames(contents: Contents): ReadonlySet<string> {
  const optional = new Set<string>()
  const plain = new Set<string>()
  for (const source of sourcesOf(contents)) {
    for (const [, name, rest = '', single] of source.matchAll(OUTPUT)) {
      if (name && DEFAULTED.test(rest)) optional.add(name)
      else plain.add(name ?? single ?? '')
    }
  }
  for (const name of plain) optional.delete(name)
  for (const source of sourcesOf(contents)) {
    for (const [, condition = ''] of source.matchAll(CONDITION)) {
      for (const [name] of condition.matchAll(/(?<![\w."'])[A-Za-z_]\w*/g)) optional.add(name)
    }
  }
  return optional
}

function sourcesOf({ byLocale }: Contents): string[] {
  return Object.values(byLocale)
    .flatMap(({ subject, html, mjml, text }) => [subject, html, mjml, text])
    .filter((source) => source !== undefined)
}
