/** The two ways in which a journey is shown, to look at and to change: drawn, which is loaded when it is wanted, and as a list. */
import { type ComponentProps, lazy, Suspense } from 'react'
import { t } from '../lib/language.ts'
import { Skeleton } from '../ui/States.tsx'
import { Outline } from './Outline.tsx'

const Canvas = lazy(async () => ({ default: (await import('./Canvas.tsx')).Canvas }))

/** As tabs. */
export const viewsOf = (
  shown: ComponentProps<typeof Outline> & Pick<ComponentProps<typeof Canvas>, 'onChoose'>,
  chosen: string,
) => {
  const { onChoose: _, ...listed } = shown
  return [
    {
      id: 'canvas',
      title: t('Drawn'),
      body: (
        <Suspense fallback={<Skeleton className="h-[36rem]" />}>
          <Canvas {...shown} chosen={chosen} />
        </Suspense>
      ),
    },
    { id: 'list', title: t('As a list'), body: <Outline {...listed} /> },
  ]
}
