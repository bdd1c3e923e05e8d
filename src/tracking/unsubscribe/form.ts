/**
 * Reads the forms of our pages and the one-click request of mail providers (RFC 8058 §3.2),
 * which comes as a form or as multipart.
 */
import type { FastifyInstance } from 'fastify'

const MAX_FORM = 64 * 1024 // bytes; ours have a few hundred, with many topics a few thousand

/** Only for the plugin that asks for it: nowhere else is a form accepted. */
export function readForms(server: Pick<FastifyInstance, 'addContentTypeParser'>): void {
  const options = { parseAs: 'string', bodyLimit: MAX_FORM } as const
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    options,
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  )
  server.addContentTypeParser('multipart/form-data', options, (_request, body, done) =>
    done(null, readMultipart(String(body))),
  )
}

/** Plain fields only; whatever else is in there is not for us. */
function readMultipart(body: string): URLSearchParams {
  const fields = new URLSearchParams()
  for (const part of body.split(/^--.*$/m)) {
    const [, head = '', value = ''] = /^\r?\n([\s\S]*?)\r?\n\r?\n([\s\S]*?)\r?\n?$/.exec(part) ?? []
    const name = /^content-disposition:.*\bname="?([^";\r\n]{1,100})"?/im.exec(head)?.[1]
    if (name !== undefined) fields.append(name, value.trim())
  }
  return fields
}
