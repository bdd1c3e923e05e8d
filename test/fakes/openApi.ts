/** Holds a request against a vendor's OpenAPI document, where it is at hand. */
import { existsSync, readFileSync } from 'node:fs'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { complaints } from './vendorContract.ts'

const documents = new Map<string, AnySchemaObject | null>()

export interface AskedOf {
  readonly method: string
  /** Below the base URL. */
  readonly path: string
  readonly json: unknown
}

/** What does not fit, in words; nothing where the document is absent. `file`: JSON or YAML. */
export function openApiComplaints(file: string, { method, path, json }: AskedOf): string[] {
  const document = openApiDocument(file)
  if (!document) return []
  const name = Object.keys(document['paths']).find((each) => patternOf(each).test(path))
  const operation = name && document['paths'][name][method.toLowerCase()]
  if (!operation) return [`${method} ${path} is not in ${file}`]
  const body = operation.requestBody?.content?.['application/json']?.schema
  if (json === undefined || !body) return []
  const pointer = ['paths', name, method.toLowerCase(), 'requestBody', 'content']
  const steps = [...pointer, 'application/json', 'schema'].map((step) =>
    encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')),
  )
  const found = complaints(document, `/${steps.join('/')}`, json)
  return found === '' ? [] : [`${method} ${path}: ${found}`]
}

const patternOf = (template: string) =>
  new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`)

/** Null where it is absent. */
export function openApiDocument(file: string): AnySchemaObject | null {
  const known = documents.get(file)
  if (known !== undefined) return known
  const path = new URL(`../../../shared/vendors/${file}`, import.meta.url)
  const document = existsSync(path) ? parse(readFileSync(path, 'utf8')) : null
  documents.set(file, document)
  return document
}
