/** Routes whose bodies are stored, or verified, as they came: nothing of the kind is parsed. */
import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'

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
  if (contentType === '*') return
  server.addContentTypeParser('*', (_request, _body, done) =>
    done(new AppError('unsupported_media_type', `Send the body as ${contentType}.`)),
  )
}
