/** `beckon api`: any route, for what has no command of its own. */
import { AppError } from '../errors.ts'
import { ask, readBody } from './ask.ts'
import type { Tool } from './tool.ts'

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const
const types: readonly (readonly [path: RegExp, type: string])[] = [
  [/^\/contacts\/imports\b/, 'text/csv'],
  [/^\/inbound\/messages\b/, 'message/rfc822'],
]

export interface ApiOptions {
  readonly type?: string
  readonly workspace?: string
}

export async function askApi(
  tool: Tool,
  [given, path, data]: readonly [string, string, string | undefined],
  options: ApiOptions,
): Promise<void> {
  const method = methods.find((each) => each === given.toUpperCase())
  if (!method)
    throw new AppError('invalid_input', `${given} is no method. Use ${methods.join(', ')}.`)
  if (!path.startsWith('/'))
    throw new AppError('invalid_input', `${path} is no path. Begin with /, such as /contacts.`)
  const body = data === undefined ? undefined : await readBody(data)
  const type = options.type ?? types.find(([of]) => of.test(path))?.[1]
  const answer = await ask(tool, options.workspace, () => ({
    ...{ method, path },
    ...(body && { body }),
    ...(type && { type }),
  }))
  if (typeof answer === 'string') process.stdout.write(answer)
  else if (answer !== null) tool.out.result(answer, () => JSON.stringify(answer, null, 2))
}
