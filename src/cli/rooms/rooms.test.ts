/** That each command asks a route that exists, so that a renamed one is noticed here and not at a terminal. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { rooms } from './all.ts'

const described: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8'),
)
const { paths } = described as { paths: Record<string, Record<string, unknown>> } // OpenAPI's form

/** A path of the description as a pattern: `/contacts/{id}` takes any one part. */
const routes = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  })),
)

const asked = {
  given: ['a/b', 'c', 'd'],
  text: () => undefined,
  lines: () => [],
  workspaceId: 'w',
}

for (const [room, { commands }] of Object.entries(rooms)) {
  test(`every command of ${room} asks a route that exists`, () => {
    for (const { usage, ask } of commands) {
      const { method, path } = ask(asked)
      const [address = ''] = path.split('?')
      const found = routes.some((each) => each.method === method && each.pattern.test(address))
      assert.ok(found, `${room} ${usage}: ${method} ${path}`)
    }
  })
}
