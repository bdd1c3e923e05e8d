/** CodeMirror with HTML and the template's variables. Loaded only with the editor. */
import { autocompletion, type CompletionContext } from '@codemirror/autocomplete'
import { html } from '@codemirror/lang-html'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { basicSetup } from 'codemirror'
import { useEffect, useRef } from 'react'

interface Props {
  readonly label: string
  readonly value: string
  readonly variables: readonly string[]
  readonly readOnly: boolean
  readonly onChange: (value: string) => void
}

const look = EditorView.theme({
  '&': {
    border: '1px solid var(--input)',
    borderRadius: '0.375rem',
    minHeight: '20rem',
    fontSize: '0.8125rem',
    backgroundColor: 'var(--card)',
    color: 'var(--foreground)',
  },
  '&.cm-focused': { outline: '2px solid var(--ring)', outlineOffset: '2px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', minHeight: '20rem' },
  '.cm-gutters': {
    backgroundColor: 'var(--muted)',
    color: 'var(--muted-foreground)',
    border: 'none',
  },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--muted) 60%, transparent)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--card)', border: '1px solid var(--border)' },
  '.cm-cursor': { borderLeftColor: 'var(--foreground)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'var(--accent) !important',
  },
})

/** In the theme's own colours, so that they can be read on both grounds. */
const colours = HighlightStyle.define([
  { tag: [tags.tagName, tags.keyword, tags.bool, tags.null], color: 'var(--info)' },
  { tag: [tags.attributeName, tags.propertyName], color: 'var(--warning)' },
  { tag: [tags.attributeValue, tags.string, tags.number, tags.color], color: 'var(--success)' },
  { tag: [tags.comment, tags.angleBracket, tags.punctuation], color: 'var(--muted-foreground)' },
])

export function CodeEditor({ label, value, variables, readOnly, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const latest = useRef({ onChange, variables })
  latest.current = { onChange, variables }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor keeps its own text; it is made once
  useEffect(() => {
    if (!place.current) return
    const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          syntaxHighlighting(colours),
          basicSetup,
          html(),
          look,
          EditorView.lineWrapping,
          EditorView.perLineTextDirection.of(true),
          EditorView.cspNonce.of(nonce),
          EditorView.contentAttributes.of({ 'aria-label': label, dir: 'auto' }),
          EditorState.readOnly.of(readOnly),
          autocompletion({ override: [(context) => complete(context, latest.current.variables)] }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    return () => view.destroy()
  }, [])
  return <div ref={place} dir="ltr" />
}

/** Offers the variables after `{{`. */
function complete(context: CompletionContext, variables: readonly string[]) {
  const begun = context.matchBefore(/\{\{\s*[\w.]*/)
  if (!begun) return null
  const from = begun.from + (/^\{\{\s*/.exec(begun.text)?.[0].length ?? 0)
  const closes = context.state.sliceDoc(context.pos, context.pos + 3).includes('}}')
  const options = variables.map((name) => ({
    label: name,
    type: 'variable',
    apply: closes ? name : `${name} }}`,
  }))
  return { from, options }
}
