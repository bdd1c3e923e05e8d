/** axe-core on a page (WCAG 2.2 AA), in both themes: fails with what it finds serious, and where. */
import assert from 'node:assert/strict'
import axe from 'axe-core'
import type { Page } from 'playwright-core'

interface Finding {
  readonly id: string
  readonly impact: string | null
  readonly help: string
  readonly nodes: readonly {
    readonly target: readonly string[]
    readonly failureSummary?: string
  }[]
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Options {
  /** Only what another theme can change. */
  readonly coloursOnly?: boolean
}

export async function expectAccessible(page: Page, options: Options = {}): Promise<void> {
  // By the debugger, which the page's policy does not bind; once per page.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source)
  const { coloursOnly = false } = options
  const wanted = JSON.stringify({
    runOnly: coloursOnly
      ? { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }
      : { type: 'tag', values: tags },
    rules: { 'target-size': { enabled: true } }, // WCAG 2.2's 24 px; axe leaves it off by itself
    iframes: false,
    resultTypes: ['violations'], // of the rest it then tells no more than one node, which is quicker
  })
  const found: Finding[] = await page.evaluate(
    `axe.run(document, ${wanted}).then(({ violations }) => violations)`,
  )
  const bad = found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = bad.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, 3)
      .map(
        ({ target, failureSummary }) =>
          `${id} (${help}) at ${target.join(' ')}\n${failureSummary ?? ''}`,
      ),
  )
  assert.deepEqual(told, [], page.url())
}

/** In the theme that is worn, and what another one can change in the other; it wears its own again. */
export async function expectAccessibleInThemes(page: Page): Promise<void> {
  await expectAccessible(page)
  const isDark = await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
  await wear(page, isDark ? 'light' : 'dark')
  await expectAccessible(page, { coloursOnly: true })
  await wear(page, isDark ? 'dark' : 'light')
}

/**
 * Another theme, as the system would change it. Chromium (seen in 153) leaves single texts in the old
 * colour where `light-dark()` is inherited; what is drawn anew has all of them.
 */
async function wear(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.evaluate(`(() => {
    const { style } = document.documentElement
    style.display = 'none'
    void document.documentElement.offsetHeight
    style.display = ''
  })()`)
}
