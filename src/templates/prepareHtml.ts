/**
 * What happens to an email's HTML once per version, before it is compiled:
 * rules in <style> move into style attributes, since many mail clients read
 * nothing else. Media queries stay where they are. Without a <style> the HTML
 * stays as it was, to the letter.
 */
import { protect } from './protect.ts'
import { inlineCssInSandbox } from './sandbox.ts'
import { TemplateError } from './templateError.ts'

export interface PreparedHtml {
  readonly html: string
  /** Sentences for the author. With one, the HTML is as it was given. */
  readonly warnings: readonly string[]
}

/** Never throws for what is in the HTML: what cannot be inlined is sent with its <style>. */
export async function prepareHtml(html: string): Promise<PreparedHtml> {
  if (!/<style\b/i.test(html)) return { html, warnings: [] }
  const { text, restore } = protect(html)
  try {
    const inlined = restore(await inlineCssInSandbox(text))
    if (inlined.intact) return { html: inlined.text, warnings: [] }
    return asItWas(html, 'Liquid stands where styles would have to be put.')
  } catch (error) {
    if (error instanceof TemplateError) return asItWas(html, error.message)
    throw error
  }
}

function asItWas(html: string, why: string): PreparedHtml {
  return { html, warnings: [`The styles were not moved into the elements: ${why}`] }
}
