/** Underlines the placeholders of what a contact lacks, where they are text. */
export function markMissing(html: string, names: readonly string[]): string {
  if (names.length === 0) return html
  const page = new DOMParser().parseFromString(html, 'text/html')
  for (const name of names) for (const text of textsOf(page)) mark(text, `[${name}]`)
  return `<!doctype html>${page.documentElement.outerHTML}`
}

function textsOf(page: Document): Text[] {
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode()) texts.push(walker.currentNode as Text) // asked for text only
  return texts
}

/** Goes on with what stands before; what is behind is split off and done already. */
function mark(text: Text, placeholder: string): void {
  for (let at = text.data.lastIndexOf(placeholder); at >= 0; ) {
    const found = text.splitText(at)
    found.splitText(placeholder.length)
    const around = text.ownerDocument.createElement('u')
    around.style.textDecoration = 'underline wavy #d92d20'
    found.replaceWith(around)
    around.append(found)
    at = text.data.lastIndexOf(placeholder)
  }
}
