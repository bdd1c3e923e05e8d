/**
 * Vendors' own machine-readable contracts, to hold our requests against. They are not
 * part of this repository: where they are absent, `contract` is null and tests skip.
 */
import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

export const ABSENT = 'the contracts of vendors are not here'

/** `path` is relative to the folder of contracts, such as `discord/discord-openapi.json`. */
export function contract(path: string): AnySchemaObject | null {
  const file = new URL(`../../../shared/vendors/${path}`, import.meta.url)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

type Validators = { readonly ajv: Ajv2020; readonly byPointer: Map<string, ValidateFunction> }
const compiled = new WeakMap<AnySchemaObject, Validators>()

/** What is wrong with `value` by the schema at `pointer` (an RFC 6901 fragment), in words; '' when nothing is. */
export function complaints(document: AnySchemaObject, pointer: string, value: unknown): string {
  const { ajv, byPointer } = validatorsOf(document)
  const validate = byPointer.get(pointer) ?? ajv.compile({ $ref: `contract#${pointer}` })
  byPointer.set(pointer, validate)
  return validate(value) ? '' : ajv.errorsText(validate.errors)
}

/** Compiling takes tens of milliseconds, and a fake is asked often. */
function validatorsOf(document: AnySchemaObject): Validators {
  const known = compiled.get(document)
  if (known) return known
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false })
  formats.default(ajv)
  ajv.addSchema({ ...document, $id: 'contract' })
  const made = { ajv, byPointer: new Map() }
  compiled.set(document, made)
  return made
}
