/**
 * What MJML says of a source. Runs in a sandbox worker: some sources of permitted length keep
 * MJML busy for many seconds. MJML is large, so it is an optional dependency that is loaded
 * when a template first uses it.
 */
import { z } from 'zod'
import { TemplateError } from './templateError.ts'

const Fault = z.object({ line: z.number().optional(), message: z.string() })
const Result = z.object({ html: z.string(), errors: z.array(Fault).default([]) })
const Failure = z.object({ errors: z.array(Fault).min(1) })
const Module = z.object({ default: z.custom<Mjml>((value) => typeof value === 'function') })

type Mjml = (source: string, options: Readonly<Record<string, unknown>>) => unknown

const OPTIONS = { validationLevel: 'strict', keepComments: true, ignoreIncludes: true }

async function loadMjml(): Promise<Mjml> {
  const name: string = 'mjml' // not a literal, or the compiler would want it installed
  const loaded: unknown = await import(name).catch(() => null)
  const { data } = Module.safeParse(loaded)
  if (data === undefined) throw new TemplateError('MJML is not installed: npm install mjml')
  return data.default
}

/** Version 4 answers at once, version 5 with a promise. Throws TemplateError. */
export async function convertMjml(source: string): Promise<string> {
  const mjml = await loadMjml()
  try {
    const result = Result.parse(await mjml(source, OPTIONS))
    if (result.errors.length > 0) throw faultError(result.errors)
    return result.html
  } catch (error) {
    if (error instanceof TemplateError) throw error
    const { data } = Failure.safeParse(error)
    throw faultError(data?.errors ?? [{ message: String(error), line: undefined }])
  }
}

function faultError(faults: readonly z.infer<typeof Fault>[]): TemplateError {
  const text = faults.map(({ line, message }) => (line ? `line ${line}: ${message}` : message))
  const line = faults[0]?.line
  return new TemplateError(text.join(' '), line === undefined ? null : { line, column: 1 })
}
