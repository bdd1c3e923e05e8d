/** Reads /api/openapi.json for tests that walk it. */
import type { TestApp } from '../helpers/app.ts'

// biome-ignore lint/suspicious/noExplicitAny: JSON Schema is walked as it comes
export type Schema = any

export interface Operation {
  /** As the table and the server name it: `GET /contacts/:id`. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security: readonly Record<string, readonly string[]>[]
  readonly parameters: readonly {
    readonly in: 'path' | 'query' | 'header'
    readonly name: string
    readonly required?: boolean
    readonly schema: Schema
  }[]
  /** Of the body as application/json. */
  readonly body: Schema | undefined
  readonly responses: Readonly<Record<string, Schema>>
}

export interface Description {
  readonly document: Schema
  readonly operations: readonly Operation[]
  /** What a $ref stands for; anything else as it is. */
  resolve(schema: Schema): Schema
}

export async function describe(app: TestApp): Promise<Description> {
  const { json: document } = await app.call('GET', '/api/openapi.json')
  const operations = Object.entries<Schema>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      name: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content['application/json']?.schema,
    })),
  )
  const resolve = (schema: Schema): Schema =>
    schema?.$ref
      ? schema.$ref
          .slice(2)
          .split('/')
          .reduce((at: Schema, part: string) => at[part], document)
      : schema
  return { document, operations, resolve }
}
