/** How something is, in a word of a colour, and why. */
import { said } from '../lib/said.ts'
import { Badge, type Tone } from './Badge.tsx'

export interface Standing {
  readonly tone: Tone
  readonly words: string
  /** As the server says it. */
  readonly why: string | null
}

export const StandingBadge = ({ tone, words }: Standing) => <Badge tone={tone}>{words}</Badge>

export function StandingLine({ standing }: { standing: Standing }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <StandingBadge {...standing} />
      {standing.why && (
        <span dir="auto" className="text-sm text-muted-foreground">
          {said(standing.why)}
        </span>
      )}
    </div>
  )
}
