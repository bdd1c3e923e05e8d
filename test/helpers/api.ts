/** Speaks to a running server as a customer's program does. */
import { request } from 'undici'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type Json = any

export interface ApiAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly json: Json
}

export type Api = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<ApiAnswer>

/** `url` is asked anew each time: a server that was restarted has another port. */
export function api(url: () => string, key: string): Api {
  return async (method, path, body, headers = {}) => {
    const answer = await request(`${url()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      headers: answer.headers,
      json: text.startsWith('{') ? JSON.parse(text) : text,
    }
  }
}

/** Every message that a list holds, page by page. */
export async function allOf(call: Api, path: string): Promise<Json[]> {
  const all: Json[] = []
  let cursor: string | null = null
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { json } = await call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${at}`)
    all.push(...json.data)
    cursor = json.next_cursor ?? null
  } while (cursor !== null)
  return all
}
