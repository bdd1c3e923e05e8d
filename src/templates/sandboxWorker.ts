/**
 * What runs inside a sandbox worker: one job at a time, answered by a message.
 *
 * Holds no secrets and has no environment; sandbox.ts ends it when a job takes
 * too long. juice and MJML are loaded on first use, since most workers never need it.
 */
import { parentPort } from 'node:worker_threads'
import { Context, type Drop, toValue } from 'liquidjs'
import { FORBIDDEN_KEYS } from './frame.ts'
import { MAX_OUTPUT } from './limits.ts'
import { createLiquid, type Dialect, readFault } from './liquid.ts'
import { TemplateError } from './templateError.ts'

export type Job =
  | {
      readonly do: 'render'
      /** Scanned: plain Liquid. */
      readonly text: string
      /** JSON. */
      readonly variables: string
      readonly dialect: Dialect
    }
  | { readonly do: 'inline_css'; readonly html: string }
  | { readonly do: 'convert_mjml'; readonly source: string }

export type Answer =
  | { readonly output: string }
  | { readonly error: string; readonly begin: number | null; readonly line?: number | null }

const RENDER_LIMIT_MS = 250 // LiquidJS's own, between tags; sandbox.ts kills what it cannot see

/** LiquidJS lets its own objects, such as forloop, show what they inherit. */
class SafeContext extends Context {
  override readProperty(target: object, key: string | number | Drop): unknown {
    return FORBIDDEN_KEYS.has(toValue(key)) ? undefined : super.readProperty(target, key)
  }
}

function render(job: Job & { do: 'render' }): string {
  const liquid = createLiquid(job.dialect, { renderLimitMs: RENDER_LIMIT_MS })
  const variables: object = Object(JSON.parse(job.variables))
  const context = new SafeContext(variables, liquid.options, { sync: true }, { liquid })
  const output = String(liquid.renderSync(liquid.parse(job.text), context))
  if (output.length > MAX_OUTPUT) {
    throw new Error(`The rendered template is longer than ${MAX_OUTPUT} characters.`)
  }
  return output
}

async function inlineCss(html: string): Promise<string> {
  const { default: juice } = await import('juice')
  return juice(html, {
    preserveMediaQueries: true,
    preserveFontFaces: true,
    preserveKeyFrames: true,
    preservePseudos: true,
    removeStyleTags: true,
  })
}

async function convert(source: string): Promise<string> {
  const { convertMjml } = await import('./convertMjml.ts')
  return convertMjml(source)
}

async function work(job: Job): Promise<string> {
  if (job.do === 'render') return render(job)
  return job.do === 'inline_css' ? inlineCss(job.html) : convert(job.source)
}

async function answer(job: Job): Promise<Answer> {
  try {
    return { output: await work(job) }
  } catch (error) {
    return failure(error)
  }
}

function failure(error: unknown): Answer {
  if (error instanceof TemplateError) return { error: error.message, begin: null, line: error.line }
  const { message, begin } = readFault(error)
  return { error: message, begin }
}

const port = parentPort
port?.on('message', async (job: Job) => port.postMessage(await answer(job)))
port?.postMessage('ready')
