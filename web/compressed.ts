/** Writes each text file of the build a second time in Brotli and gzip (RFC 7932, 1952), so that the server need not. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }

export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // Not before all is written: other plugins still change chunks while the bundle is generated.
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(js|css|svg)$/.test(each))) {
        const path = join(dir, name)
        const source = readFileSync(path)
        writeFileSync(`${path}.br`, brotliCompressSync(source, QUALITY))
        writeFileSync(`${path}.gz`, gzipSync(source))
      }
    },
  }
}
