/** axe-core on a page (WCAG 2.2 AA): fails with what it finds serious, and where. */
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
