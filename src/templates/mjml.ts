/**
 * MJML to HTML, in the sandbox. Liquid passes through unharmed where MJML keeps text: in
 * attributes, in text and in <mj-raw>.
 */
import { MAX_SOURCE } from './limits.ts'
import { protect } from './protect.ts'
import { convertMjmlInSandbox } from './sandbox.ts'
import { positionOf, TemplateError } from './templateError.ts'

/** Throws TemplateError: not installed, or what MJML says about the source, with its line. */
export async function mjmlToHtml(source: string): Promise<string> {
  if (source.length > MAX_SOURCE) {
    throw new TemplateError(`A template has at most ${MAX_SOURCE} characters.`)
  }
  const include = source.search(/<mj-include\b/i)
  if (include !== -1) {
    throw new TemplateError('mj-include is not available.', positionOf(source, include))
  }
  const { text, restore } = protect(source)
  const { text: html, intact } = restore(await convertMjmlInSandbox(text))
  if (!intact) {
    throw new TemplateError('MJML leaves out Liquid between its components: put it into <mj-raw>.')
  }
  return html
}
