/**
 * Commands that are a question to one route each: `beckon contact merge a b` is
 * `POST /contacts/a/merge`. The rules are the route's; here are names, options and what a terminal shows.
 */
import type { Command } from 'commander'
import type { Question } from '../app.ts'
import { AppError } from '../errors.ts'
import { table } from './output.ts'
import { rooms } from './rooms/all.ts'
import type { RoomCommand } from './rooms/room.ts'
import type { Tool } from './tool.ts'

type Use = (work: (tool: Tool) => Promise<void>) => Promise<void>
type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export function addRooms(program: Command, use: Use): void {
  for (const [name, { about, commands }] of Object.entries(rooms)) {
    const room =
      program.commands.find((each) => each.name() === name) ??
      program.command(name).description(about)
    for (const each of commands) addCommand(room, each, use)
  }
}

function addCommand(room: Command, each: RoomCommand, use: Use): void {
  const command = room.command(each.usage).description(each.about)
  for (const [flags, text] of each.options ?? []) {
    if (flags.includes('...')) command.option(flags, text, collect)
    else command.option(flags, text)
  }
  command
    .option('--workspace <slug>', 'another workspace than the default one')
    .action((...given: unknown[]) => {
      const values = command.processedArgs.map((value) => String(value ?? ''))
      return use((tool) => run(tool, each, values, given.at(-2) as Options)) // commander: arguments, options, command
    })
}

const collect = (value: string, before: readonly string[] = []) => [...before, value]

async function run(tool: Tool, each: RoomCommand, given: readonly string[], options: Options) {
  const { ask, readBody } = await import('./ask.ts')
  if (each.sure && options['yes'] !== true)
    throw new AppError('invalid_input', `${each.sure} Add --yes.`)
  const data = each.takes && (await readBody(given.at(-1) ?? ''))
  const text = (name: string) => {
    const value = options[name]
    return typeof value === 'string' ? value : undefined
  }
  const lines = (name: string) => {
    const value = options[name]
    return Array.isArray(value) ? value.map(String) : []
  }
  const workspace = text('workspace')
  const answer = await ask(tool, workspace, (workspaceId): Question => {
    const { method, path, body } = each.ask({ given, text, lines, workspaceId })
    return {
      ...{ method, path },
      ...(data ? { body: data } : body === undefined ? {} : { body: JSON.stringify(clean(body)) }),
      ...(each.takes === 'mail' && { type: 'message/rfc822' }),
    }
  })
  tool.out.result(answer ?? { done: true }, () => shown(answer, each.columns ?? []))
}

/** Without what was not said, so that the route's own default counts. */
const clean = (body: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))

function shown(answer: unknown, columns: readonly string[]): string {
  if (answer === null) return 'Done.'
  if (typeof answer === 'string') return answer.trimEnd()
  const rows = isObject(answer) ? answer['data'] : answer
  if (Array.isArray(rows) && columns.length > 0) {
    const cells = rows.filter(isObject).map((row) => columns.map((name) => cell(row[name])))
    return table(columns, cells)
  }
  return JSON.stringify(answer, null, 2)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
