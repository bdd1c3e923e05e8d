/** Routes whose bodies are stored, or verified, as they came: nothing of the kind is parsed. */
import type { FastifyInstance } from 'fastify'

export function takeBytes(
  server: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser'>,
  contentType: string,
  bodyLimit: number,
): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    contentType,
    { parseAs: 'buffer', bodyLimit },
    (_request, body, done) => done(null, body),
  )
}
