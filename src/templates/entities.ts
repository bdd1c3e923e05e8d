/** The character references that stand in href attributes; not a full HTML decoder. */
const REFERENCE =
  /&(?:#(\d{1,20});?|#x([\da-f]{1,20});?|(amp|lt|gt|quot|apos|nbsp|colon|tab|newline|sol);)/gi
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  colon: ':', // these four hide a javascript: from whoever looks only at the text
  tab: '\t',
  newline: '\n',
  sol: '/',
}

export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}
