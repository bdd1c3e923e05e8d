/**
 * In Hebrew no sentence stays English: not in what the dashboard says, not in what the server says, and
 * not in the forms that schemas make. What people and vendors wrote themselves is data and stays.
 */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** What seed.ts wrote, what is code, and names that are the same in every language. */
const data =
  /Welcome, |Good to have you|Noa Levi|Jonas Berg|Mara Lind|Sam Okoro|This comes later|Still there|One more word|Post to a channel when a webhook request is received|My access tokens|Copy Webhook URL|Meta Cloud API/

/** Texts and labels that can be seen or heard; not what stands in code, addresses and people's names. */
const collect = `(() => {
  const seen = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement
    if (parent.closest('script, style, code, pre, kbd, textarea, .cm-editor, [data-text=data]')) continue
    if (parent.checkVisibility()) seen.push(node.data)
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], img[alt]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
      if (element.checkVisibility() && element.getAttribute(name)) seen.push(element.getAttribute(name))
  return seen
})()`
const ENGLISH = /\b[A-Za-z][a-z’']+(?:,? [A-Za-z][a-z’']*){2,}/ // three words on end

export async function expectHebrew(page: Page): Promise<void> {
  const texts: string[] = await page.evaluate(collect)
  assert.deepEqual(
    [...new Set(texts.filter((text) => ENGLISH.test(text) && !data.test(text)))],
    [],
    page.url(),
  )
}
