/**
 * Vendors' own machine-readable contracts, to hold our requests against. They are not
 * part of this repository: where they are absent, `contract` is null and tests skip.
 */
import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

export const ABSENT = 'the contracts of vendors are not here'

/** `path` is relative to the folder of contracts, such as `discord/discord-openapi.json`. */
export function contract(path: string): AnySchemaObject | null {
  const file = new URL(`../../../shared/vendors/${path}`, import.meta.url)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

/** What is wrong with `value` by the schema at `pointer` (an RFC 6901 fragment), in words; '' when nothing is. */
export function complaints(document: AnySchemaObject, pointer: string, value: unknown): string {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false })
  formats.default(ajv)
  ajv.addSchema({ ...document, $id: 'contract' })
  const validate = ajv.compile({ $ref: `contract#${pointer}` })
  return validate(value) ? '' : ajv.errorsText(validate.errors)
}
