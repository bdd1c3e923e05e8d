/** Writes a message's HTML as it looks. Loaded only with the editor; what it may not touch see frame.ts. */
import { Editor } from '@tiptap/core'
import { useEffect, useReducer, useRef, useState } from 'react'
import { t } from '../../lib/language.ts'
import { Note } from '../../ui/States.tsx'
import { directionOf } from '../locales.ts'
import { readVisual } from './frame.ts'
import { extensions } from './schema.ts'
import { Toolbar } from './Toolbar.tsx'
import { VariableList } from './VariableList.tsx'
import './visual.css'

interface Props {
  readonly label: string
  readonly value: string
  readonly locale: string
  readonly variables: readonly string[]
  readonly readOnly: boolean
  readonly onChange: (value: string) => void
}

export function VisualEditor({ label, value, locale, variables, readOnly, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const keys = useRef<(event: KeyboardEvent) => boolean>(() => false)
  const latest = useRef(onChange)
  latest.current = onChange
  const [editor, setEditor] = useState<Editor | null>()
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor keeps its own text; it is made once
  useEffect(() => {
    if (!place.current) return
    const made = open(place.current, value, {
      attributes: {
        ...{ role: 'textbox', 'aria-multiline': 'true', 'aria-label': label, class: 'visual' },
        ...{ dir: directionOf(locale), lang: locale },
      },
      handleKeyDown: (_, event) => keys.current(event),
    })
    setEditor(made?.editor ?? null)
    if (!made) return
    made.editor.setEditable(!readOnly, false)
    made.editor.on('update', () => latest.current(made.write()))
    made.editor.on('transaction', redraw)
    return () => made.editor.destroy()
  }, [])
  return (
    <div className="relative">
      {editor === null && (
        <Note tone="warn">
          {t('This text can only be written as code: nothing of it is lost there.')}
        </Note>
      )}
      {editor && !readOnly && <Toolbar editor={editor} variables={variables} />}
      <div ref={place} />
      {editor && <VariableList editor={editor} variables={variables} keys={keys} />}
    </div>
  )
}

type EditorProps = NonNullable<ConstructorParameters<typeof Editor>[0]>['editorProps']

/** Null when the text does not come back out of it as it went in. */
function open(element: HTMLElement, value: string, editorProps: EditorProps) {
  const visual = readVisual(value)
  if (!visual) return null
  const content = visual.nodes.length > 0 ? [...visual.nodes] : [{ type: 'paragraph' }]
  try {
    const editor = new Editor({
      ...{ element, extensions, injectCSS: false, enableContentCheck: true },
      ...{ content: { type: 'doc', content }, ...(editorProps ? { editorProps } : {}) },
    })
    const write = () => visual.write(editor.getJSON().content)
    if (value.trim() === '' || write() === value) return { editor, write }
    editor.destroy()
  } catch {
    // The document's rules do not allow it: it stays in the code.
  }
  return null
}
