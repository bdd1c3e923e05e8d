/** Where one is: the workspace's name, and the way to one's others. */
import { ChevronsUpDown } from 'lucide-react'
import { useAct } from '../lib/act.ts'
import { put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMe } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Menu } from '../ui/Menu.tsx'

export function WorkspaceChoice() {
  const me = useMe()
  // All that was read belongs to the other workspace, so the page begins anew.
  const go = useAct((id: string) => put('/auth/workspace', { body: { workspace_id: id } }), {
    onDone: () => location.assign('/app/'),
  })
  const name = me?.workspace.name
  if (!me || me.workspaces.length < 2)
    return (
      <p className="truncate text-sm text-muted-foreground" dir="auto">
        {name}
      </p>
    )
  return (
    <Menu
      button={
        <Button
          look="ghost"
          className="-mx-2 w-full justify-between px-2 text-sm text-muted-foreground"
          aria-label={t('Workspace: {name}', { name: name ?? '' })}
        >
          <span className="truncate" dir="auto">
            {name}
          </span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0" />
        </Button>
      }
      items={me.workspaces.map(({ id, slug }) => ({
        label: id === me.workspace.id ? name : slug,
        checked: id === me.workspace.id,
        onSelect: () => id !== me.workspace.id && go.mutate(id),
      }))}
    />
  )
}
