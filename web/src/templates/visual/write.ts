/** The HTML of the visual editor's nodes. Attributes that it does not know stand in `kept`, as they were written. */
import type { JSONContent } from '@tiptap/core'

type Mark = NonNullable<JSONContent['marks']>[number]

/** Of each node, in order. */
export function writeBlocks(nodes: readonly JSONContent[]): string[] {
  const isBare = (node: JSONContent | undefined) =>
    node?.type === 'paragraph' && node.attrs?.['tag'] === ''
  return nodes.map((node, at) =>
    // Two of them would run into one.
    isBare(node) && (isBare(nodes[at - 1]) || isBare(nodes[at + 1]))
      ? around('p', '', writeInline(node.content))
      : writeBlock(node),
  )
}

function writeBlock({ type, attrs = {}, content = [] }: JSONContent): string {
  const kept = String(attrs['kept'] ?? '')
  if (type === 'kept') return String(attrs['source'])
  if (type === 'horizontalRule') return `<hr${kept}>`
  if (type === 'paragraph') return around(String(attrs['tag'] ?? 'p'), kept, writeInline(content))
  if (type === 'heading') return around(`h${attrs['level']}`, kept, writeInline(content))
  const inner = writeBlocks(content)
  if (type === 'listItem') return around('li', kept, inner.join('\n'))
  const lines = `\n${inner.join('\n')}\n`
  if (type === 'bulletList') return around('ul', kept, lines)
  if (type === 'orderedList') return around('ol', kept, lines)
  return around(String(attrs['tag'] ?? 'div'), kept, lines)
}

const around = (tag: string, kept: string, inner: string) =>
  tag === '' ? inner : `<${tag}${kept}>${inner}</${tag}>`

const ORDER = ['link', 'bold', 'italic', 'styled']

function writeInline(runs: readonly JSONContent[] = []): string {
  let html = ''
  let open: readonly string[] = []
  const close = (from: number) => {
    for (const tag of open.slice(from).reverse()) html += `</${/^<(\w+)/.exec(tag)?.[1]}>`
  }
  for (const run of runs) {
    const marks = [...(run.marks ?? [])].sort(
      (a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type),
    )
    const tags = marks.map(opening)
    const differs = tags.findIndex((tag, at) => tag !== open[at])
    const shared = differs < 0 ? Math.min(tags.length, open.length) : differs
    close(shared)
    html += tags.slice(shared).join('')
    open = tags
    html += inline(run)
  }
  close(0)
  return html
}

function opening({ type, attrs = {} }: Mark): string {
  const kept = attrs['kept'] ?? ''
  if (type === 'link') return `<a${attribute('href', attrs['href'])}${kept}>`
  const tag = attrs['tag'] ?? (type === 'bold' ? 'strong' : 'em')
  return `<${tag}${kept}>`
}

function inline({ type, text = '', attrs = {} }: JSONContent): string {
  if (type === 'hardBreak') return '<br>'
  if (type === 'variable') return String(attrs['source'])
  if (type === 'image') {
    const alt = attrs['alt'] === null ? '' : attribute('alt', attrs['alt'])
    return `<img${attribute('src', attrs['src'])}${alt}${attrs['kept'] ?? ''}>`
  }
  return safe(text).replace(/(?<= ) /g, '&nbsp;') // a browser shows many as one
}

const safe = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\u00a0', '&nbsp;')
    .replace(/\{(?=[{%]|$|[a-z_]\w*(?:\.\w+)*\})/gi, '&#123;') // what is no variable prints as it stands

/** Liquid has quotes of its own, which it would not find as references. */
function attribute(name: string, value: unknown): string {
  const text = String(value ?? '')
  const isLiquid = text.includes('{{') && text.includes('"') && !text.includes("'")
  const inner = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return isLiquid ? ` ${name}='${inner}'` : ` ${name}="${inner.replaceAll('"', '&quot;')}"`
}
