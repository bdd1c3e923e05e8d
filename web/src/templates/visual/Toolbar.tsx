/** What can be done to the text that is selected, and what can be put into it. */
import type { Editor } from '@tiptap/core'
import {
  Bold,
  Image,
  Italic,
  Link,
  List,
  ListOrdered,
  type LucideIcon,
  Minus,
  RectangleHorizontal,
  Redo2,
  Undo2,
} from 'lucide-react'
import { useState } from 'react'
import { t } from '../../lib/language.ts'
import { Button } from '../../ui/Button.tsx'
import { SelectField } from '../../ui/Field.tsx'
import { type Insert, InsertDialog } from './InsertDialog.tsx'

interface Props {
  readonly editor: Editor
  readonly variables: readonly string[]
}

export function Toolbar({ editor, variables }: Props) {
  const [inserting, setInserting] = useState<Insert>()
  const chain = () => editor.chain().focus()
  const level = ([1, 2, 3] as const).find((each) => editor.isActive('heading', { level: each }))
  return (
    <fieldset className="flex flex-wrap items-center gap-1 rounded-t-md border border-b-0 border-input bg-muted p-1">
      <legend className="sr-only">{t('Shape of the text')}</legend>
      <SelectField
        label={t('Kind of paragraph')}
        quiet
        className="w-36"
        value={level ? String(level) : ''}
        options={[
          ['', t('Text')],
          ['1', t('Title')],
          ['2', t('Heading')],
          ['3', t('Small heading')],
        ]}
        onChange={({ target }) => {
          const chosen = Number(target.value) as 0 | 1 | 2 | 3 // one of the options
          if (chosen === 0) chain().setParagraph().run()
          else chain().setHeading({ level: chosen }).run()
        }}
      />
      <Tool
        icon={Bold}
        name={t('Bold')}
        on={editor.isActive('bold')}
        act={() => chain().toggleBold().run()}
      />
      <Tool
        icon={Italic}
        name={t('Italic')}
        on={editor.isActive('italic')}
        act={() => chain().toggleItalic().run()}
      />
      <Tool
        icon={Link}
        name={t('Link')}
        on={editor.isActive('link')}
        act={() => setInserting('link')}
      />
      <Tool
        icon={List}
        name={t('List')}
        on={editor.isActive('bulletList')}
        act={() => chain().toggleBulletList().run()}
      />
      <Tool
        icon={ListOrdered}
        name={t('Numbered list')}
        on={editor.isActive('orderedList')}
        act={() => chain().toggleOrderedList().run()}
      />
      <Tool icon={Image} name={t('Picture')} act={() => setInserting('image')} />
      <Tool icon={RectangleHorizontal} name={t('Button')} act={() => setInserting('button')} />
      <Tool icon={Minus} name={t('Divider')} act={() => chain().setHorizontalRule().run()} />
      <SelectField
        label={t('Insert a variable')}
        quiet
        className="w-44"
        value=""
        options={[['', t('Insert a variable')], ...variables.map((each) => [each, each] as const)]}
        onChange={({ target }) => {
          const attrs = { source: `{{ ${target.value} }}` }
          if (target.value) chain().insertContent({ type: 'variable', attrs }).run()
        }}
      />
      <span className="ms-auto flex gap-1">
        <Tool
          icon={Undo2}
          name={t('Undo')}
          act={() => chain().undo().run()}
          off={!editor.can().undo()}
          turn
        />
        <Tool
          icon={Redo2}
          name={t('Redo')}
          act={() => chain().redo().run()}
          off={!editor.can().redo()}
          turn
        />
      </span>
      {inserting && (
        <InsertDialog editor={editor} what={inserting} onClose={() => setInserting(undefined)} />
      )}
    </fieldset>
  )
}

interface ToolProps {
  readonly icon: LucideIcon
  readonly name: string
  readonly on?: boolean
  readonly off?: boolean
  /** It points along the line. */
  readonly turn?: boolean
  readonly act: () => void
}

function Tool({ icon: Icon, name, on, off = false, turn = false, act }: ToolProps) {
  return (
    <Button
      look="ghost"
      size="icon"
      aria-label={name}
      title={name}
      disabled={off}
      {...(on === undefined ? {} : { 'aria-pressed': on })}
      className="aria-pressed:bg-accent aria-pressed:text-primary"
      onClick={act}
    >
      <Icon className={turn ? 'rtl:-scale-x-100' : ''} />
    </Button>
  )
}
