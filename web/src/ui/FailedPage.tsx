/** Of a page that is about one thing: it is not there, or cannot be read. */
import { Link } from '@tanstack/react-router'
import { t } from '../lib/language.ts'
import { isFinal, sayProblem } from '../lib/problem.ts'
import { Button } from './Button.tsx'
import { Page } from './Page.tsx'
import { Empty, Failed } from './States.tsx'

interface Props {
  readonly error: unknown
  readonly onRetry: () => void
  /** Where the others are, and what that is called. */
  readonly to: string
  readonly others: string
}

export function FailedPage({ error, onRetry, to, others }: Props) {
  if (!isFinal(error))
    return (
      <Page title={others}>
        <Failed {...{ error, onRetry }} />
      </Page>
    )
  return <Nowhere {...{ to, others }} title={sayProblem(error)} />
}

interface NowhereProps extends Pick<Props, 'to' | 'others'> {
  readonly title?: string
}

/** An address that leads to nothing, and a way on. */
export function Nowhere({ to, others, title }: NowhereProps) {
  return (
    <Page title={title ?? t('There is no such page.')}>
      <Empty
        title={t('It may have been removed, or belongs to another workspace.')}
        action={
          <Button asChild look="primary">
            <Link to={to}>{others}</Link>
          </Button>
        }
      />
    </Page>
  )
}
