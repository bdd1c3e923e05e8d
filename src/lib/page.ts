/**
 * The frame of the pages that people see without the dashboard: one HTML document, no
 * script, no request for anything else, its only style under the Content-Security-Policy's
 * nonce.
 */

/** HTML that is already safe. Only `html` and `raw` make it. */
export interface Html {
  readonly html: string
}

export interface Look {
  readonly language: { readonly lang: string; readonly dir: 'ltr' | 'rtl' }
  /** Empty when it is not known. */
  readonly workspaceName: string
  /** `#rrggbb`; anything else is ignored. */
  readonly brandColor: string | null
  /** A picture as data: URL. */
  readonly logo?: string | null
  readonly nonce: string
}

const BRAND = '#1f4fd8'

/** Escapes every value that is not Html; arrays are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: parts.reduce((text, part, i) => text + show(values[i - 1]) + part) }
}

export type HtmlValue = string | Html | null | readonly Html[]

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

/** A text of the dictionary with its places filled; names are isolated from the direction around them. */
export function fill(text: string, values: Readonly<Record<string, string>>): Html {
  const filled = escapeHtml(text).replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    return value === undefined ? place : `<bdi>${escapeHtml(value)}</bdi>`
  })
  return { html: filled }
}

export function layout(look: Look, title: string, body: Html): string {
  const { lang, dir } = look.language
  const document = html`<!doctype html>
<html lang="${lang}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}${look.workspaceName === '' ? '' : ` · ${look.workspaceName}`}</title>
<style nonce="${look.nonce}">${{ html: css(look.brandColor) }}</style>
</head>
<body>
${look.workspaceName === '' ? null : header(look)}
<main aria-labelledby="title">
<h1 id="title">${title}</h1>
${body}
</main>
</body>
</html>
`
  return document.html
}

/** Whose page it is; the name stays beside a logo, which need not hold it. */
function header({ logo, workspaceName }: Look): Html {
  const picture = logo ? html`<img src="${logo}" alt="">` : null
  return html`<header>${picture}<p><bdi>${workspaceName}</bdi></p></header>`
}

function show(value: HtmlValue | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return escapeHtml(value)
  return 'html' in value ? value.html : value.map((each) => each.html).join('\n')
}

function css(brandColor: string | null): string {
  const brand = brandColor !== null && /^#[0-9a-f]{6}$/i.test(brandColor) ? brandColor : BRAND
  return `
:root{color-scheme:light dark;--brand:${brand};--on-brand:${textOn(brand)};--paper:#fff;--ground:#f3f4f6;--ink:#16181d;--soft:#555b66;--line:#8a909c;--fault:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#1b1e24;--ground:#111317;--ink:#f1f2f4;--soft:#b3b9c4;--line:#7d8491;--fault:#ff9d94}}
*{box-sizing:border-box}
body{margin:0;padding:1.5rem 1rem;background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;overflow-wrap:anywhere}
header,main{max-width:34rem;margin-inline:auto}
header{display:flex;align-items:center;gap:.75rem;margin-block-end:1rem}
header img{max-inline-size:12rem;max-block-size:3rem}
header p{margin:0;font-weight:600;color:var(--soft)}
main{padding:clamp(1.25rem,5vw,2.5rem);background:var(--paper);border-radius:.75rem;border-block-start:.25rem solid var(--brand)}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25}
p{margin:0 0 1rem}
main>:last-child{margin-block-end:0}
.soft{color:var(--soft)}
.note{padding:.75rem 1rem;border-inline-start:.25rem solid var(--brand);background:var(--ground)}
label.field{display:block;margin:0 0 .25rem;font-weight:600}
input.field{inline-size:100%;min-block-size:2.75rem;margin:0 0 1rem;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--paper);color:var(--ink);font:inherit}
input[aria-invalid=true]{border-color:var(--fault);margin-block-end:.25rem}
.fault{color:var(--fault)}
fieldset{margin:0 0 1.5rem;padding:0;border:0}
legend{padding:0;margin-block-end:.5rem;font-weight:600}
.topic{display:grid;grid-template-columns:auto 1fr;gap:0 .75rem;align-items:start;padding:.75rem 0;border-block-end:1px solid var(--line)}
.topic input{inline-size:1.5rem;block-size:1.5rem;margin:.1rem 0;accent-color:var(--brand)}
.topic label{font-weight:600}
.topic p{grid-column:2;margin:0;color:var(--soft)}
button{min-block-size:2.75rem;padding:.5rem 1.5rem;border:1px solid transparent;border-radius:.5rem;background:var(--brand);color:var(--on-brand);font:inherit;font-weight:600;cursor:pointer}
button.quiet{background:transparent;color:var(--ink);border-color:var(--line)}
hr{margin:1.5rem 0;border:0;border-block-start:1px solid var(--line)}
a{color:inherit}
:focus-visible{outline:.1875rem solid var(--ink);outline-offset:.1875rem}
@media (max-width:30rem){button{inline-size:100%}}
`
}

/** Black or white, whichever is read more easily on the colour (WCAG 2.2, relative luminance). */
function textOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff'
}

/** No script, no other site, nothing kept. */
export function pageHeaders(nonce: string): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'x-robots-tag': 'noindex',
  }
}
