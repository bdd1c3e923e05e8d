/**
 * What the visual editor's document is made of: TipTap's usual parts, each with the attributes that it was written
 * with, and parts of our own for what Liquid and mail have besides. Nothing of a message's own style is drawn here:
 * the preview beside it does that, in its frame.
 */
import { Extension, InputRule, Mark, Node, PasteRule } from '@tiptap/core'
import StarterKit from '@tiptap/starter-kit'
import { t } from '../../lib/language.ts'

/** None that runs: the clipboard may be filled by another page. */
const ATTRIBUTES = /^(?:\s+(?!on)[^\s=>/"'<]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*$/i
/** Browsers look past white space in these words. */
const runs = (address: string) =>
  /^(?:javascript|data|vbscript):/i.test(address.replace(/[^!-~]/g, ''))
const SAFE_ADDRESS = /^(?:https?:|mailto:|tel:|sms:|\{\{)/i

/** In the document's own HTML, so that what is copied inside the editor keeps it; checked, for it may be pasted. */
function hidden(name: string, usual: string | null = '', valid: RegExp = ATTRIBUTES) {
  return {
    default: usual,
    parseHTML: (element: HTMLElement) => {
      const text = element.getAttribute(`data-${name}`)
      return text !== null && valid.test(text) ? text : undefined // then another rule may know
    },
    renderHTML: (attributes: Record<string, unknown>) =>
      attributes[name] === usual ? {} : { [`data-${name}`]: attributes[name] },
  }
}

const LINES = /^(?:p|div|center|section|article|main|header|footer|blockquote|)$/
const BOXES = /^(?:div|center|section|article|main|header|footer|blockquote)$/
const STYLED = /^(?:span|u|s|small|sub|sup|code|font)$/
const ANY = /^/

const Kept = Extension.create({
  name: 'keptAttributes',
  addGlobalAttributes: () => [
    {
      types: [
        'paragraph',
        'bulletList',
        'orderedList',
        'listItem',
        'horizontalRule',
        'bold',
        'italic',
      ],
      attributes: { kept: hidden('kept') },
    },
    { types: ['heading'], attributes: { kept: { ...hidden('kept'), keepOnSplit: false } } },
    { types: ['paragraph'], attributes: { tag: hidden('tag', 'p', LINES) } },
    { types: ['bold'], attributes: { tag: hidden('tag', 'strong', /^(?:b|strong)$/) } },
    { types: ['italic'], attributes: { tag: hidden('tag', 'em', /^(?:i|em)$/) } },
  ],
})

const Box = Node.create({
  ...{ name: 'box', group: 'block', content: 'block+', defining: true },
  addAttributes: () => ({ tag: hidden('tag', 'div', BOXES), kept: hidden('kept') }),
  parseHTML: () => [{ tag: 'div[data-box]' }],
  renderHTML: ({ HTMLAttributes }) => ['div', { ...HTMLAttributes, 'data-box': '' }, 0],
})

/** What can only be written as code: it moves and goes as one. */
const KeptBlock = Node.create({
  ...{ name: 'kept', group: 'block', atom: true, draggable: true },
  addAttributes: () => ({ source: hidden('source', '', ANY) }),
  parseHTML: () => [{ tag: 'div[data-source]' }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'div',
    { ...HTMLAttributes, class: 'kept-block' },
    ['span', { class: 'kept-title' }, t('Written as code')],
    ['code', { dir: 'ltr' }, String(node.attrs['source']).replace(/\s+/g, ' ').slice(0, 160)],
  ],
})

/** One tag and nothing beside it: what is pasted from elsewhere may claim to be one. */
const ONE_TAG =
  /^(?:\{\{(?:(?!\}\})[\s\S])*\}\}|\{%(?:(?!%\})[\s\S])*%\}|\{[a-z_]\w*(?:\.\w+)*\})$/i
const NAMED = /\{\{[^{}]+\}\}|(?<!\{)\{[a-z_]\w*(?:\.\w+)*\}/i
const TYPED = new RegExp(`(?:${NAMED.source})$`, 'i')
const PASTED = new RegExp(NAMED.source, 'gi')

const Variable = Node.create({
  ...{ name: 'variable', group: 'inline', inline: true, atom: true },
  addAttributes: () => ({ source: { default: '' } }),
  parseHTML: () => [
    {
      tag: 'span[data-variable]',
      getAttrs: (element) => {
        const source = element.getAttribute('data-variable') ?? ''
        return ONE_TAG.test(source) ? { source } : false
      },
    },
  ],
  renderHTML: ({ node }) => [
    'span',
    { class: 'variable', 'data-variable': node.attrs['source'] },
    ['bdi', { dir: 'ltr' }, nameOf(String(node.attrs['source']))],
  ],
  renderText: ({ node }) => String(node.attrs['source']),
  addInputRules() {
    return [
      new InputRule({
        find: TYPED,
        handler: ({ state, range, match }) => {
          state.tr.replaceWith(range.from, range.to, this.type.create({ source: match[0] }))
        },
      }),
    ]
  },
  addPasteRules() {
    return [
      new PasteRule({
        find: PASTED,
        handler: ({ state, range, match }) => {
          state.tr.replaceWith(range.from, range.to, this.type.create({ source: match[0] }))
        },
      }),
    ]
  },
})

/** `{{ contact.name | default: "you" }}` is the contact.name; logic is shown as it is. */
function nameOf(source: string): string {
  if (source.startsWith('{%')) return source
  return source
    .replace(/^\{+-?\s*|\s*-?\}+$/g, '')
    .split('|')[0]!
    .trim()
}

const Link = Mark.create({
  ...{ name: 'link', priority: 1000, inclusive: false },
  addAttributes: () => ({ href: hidden('href', '', ANY), kept: hidden('kept') }),
  parseHTML: () => [
    {
      tag: 'a[data-href]',
      getAttrs: (element) => (runs(element.getAttribute('data-href') ?? '') ? false : null),
    },
    {
      tag: 'a[href]',
      getAttrs: (element) => {
        const href = element.getAttribute('href') ?? ''
        return SAFE_ADDRESS.test(href) ? { href } : false
      },
    },
  ],
  renderHTML: ({ HTMLAttributes, mark }) => [
    'a',
    {
      ...{ ...HTMLAttributes, title: mark.attrs['href'] },
      class: isButton(String(mark.attrs['kept'])) ? 'mail-button' : 'mail-link',
    },
    0,
  ],
})

const isButton = (kept: string) => /inline-block/i.test(kept) && /background/i.test(kept)

const Styled = Mark.create({
  ...{ name: 'styled', excludes: '' },
  addAttributes: () => ({ tag: hidden('tag', 'span', STYLED), kept: hidden('kept') }),
  parseHTML: () => [{ tag: 'span[data-styled]' }],
  renderHTML: ({ HTMLAttributes }) => ['span', { ...HTMLAttributes, 'data-styled': '' }, 0],
})

/** Only named: the page of the dashboard loads nothing from elsewhere. */
const Image = Node.create({
  ...{ name: 'image', group: 'inline', inline: true, atom: true, draggable: true },
  addAttributes: () => ({
    ...{ src: hidden('src', '', ANY), alt: hidden('alt', null, ANY), kept: hidden('kept') },
  }),
  parseHTML: () => [{ tag: 'span[data-src]' }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'span',
    { ...HTMLAttributes, class: 'mail-image', title: node.attrs['src'] },
    t('Picture: {name}', { name: node.attrs['alt'] || fileOf(String(node.attrs['src'])) }),
  ],
})

const fileOf = (src: string) => /[^/?#]*(?=[?#]|$)/.exec(src.replace(/\/$/, ''))?.[0] || src

const BUTTON_STYLE =
  'display:inline-block;padding:12px 24px;border-radius:6px;background-color:#1d4ed8;color:#ffffff;text-decoration:none'

/** A link that looks like a button in every mail program. */
export const buttonOf = (text: string, href: string) => ({
  type: 'paragraph',
  content: [
    {
      type: 'text',
      text,
      marks: [{ type: 'link', attrs: { href, kept: ` style="${BUTTON_STYLE}"` } }],
    },
  ],
})

export const extensions = [
  StarterKit.configure({
    ...{ blockquote: false, code: false, codeBlock: false, link: false, strike: false },
    ...{ underline: false, trailingNode: false, dropcursor: { color: false, class: 'drop-place' } },
  }),
  ...[Kept, Box, KeptBlock, Variable, Link, Styled, Image],
]
