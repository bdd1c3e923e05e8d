/** Two texts side by side, line by line. */
export interface Line {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

interface Props {
  readonly field: string
  readonly lines: readonly Line[]
  readonly before: string
  readonly after: string
}

export function Sides({ field, lines, before, after }: Props) {
  return (
    <section className="mb-4">
      <h3 className="mb-1 text-sm font-medium">
        <bdi>{field}</bdi>
      </h3>
      <div className="grid grid-cols-1 overflow-x-auto rounded-md border md:grid-cols-2" dir="ltr">
        <Side kind="removed" lines={lines} title={before} />
        <Side kind="added" lines={lines} title={after} />
      </div>
    </section>
  )
}

interface SideProps {
  readonly kind: 'added' | 'removed'
  readonly title: string
  readonly lines: readonly Line[]
}

function Side({ kind, title, lines }: SideProps) {
  const own = lines.filter((line) => line.kind === 'same' || line.kind === kind)
  const colour = kind === 'added' ? 'bg-success-soft' : 'bg-destructive-soft'
  return (
    <div className="min-w-0 border-e last:border-e-0">
      <p className="border-b px-3 py-1 text-xs text-muted-foreground" dir="auto">
        {title}
      </p>
      {own.map((line, at) => (
        <pre
          // biome-ignore lint/suspicious/noArrayIndexKey: the answer does not change
          key={at}
          dir="auto"
          className={`px-3 break-words whitespace-pre-wrap ${line.kind === kind ? colour : ''}`}
        >
          {line.kind === kind && <span className="sr-only">{kind === 'added' ? '+' : '−'}</span>}
          {line.text || ' '}
        </pre>
      ))}
    </div>
  )
}

const AROUND = 2 // lines shown on both sides of a change

/** Lines of both; in the middle, between what begins and ends alike, one stands for the other. */
export function linesOf(before: string, after: string): Line[] {
  const [one, other] = [before.split('\n'), after.split('\n')]
  const most = Math.min(one.length, other.length)
  let head = 0
  while (head < most && one[head] === other[head]) head++
  let tail = 0
  while (tail < most - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++
  const kind = (name: Line['kind']) => (text: string) => ({ kind: name, text })
  const [first, last] = [Math.max(0, head - AROUND), one.length - tail + AROUND]
  return [
    ...(first > 0 ? ['…'] : []).map(kind('same')),
    ...one.slice(first, head).map(kind('same')),
    ...one.slice(head, one.length - tail).map(kind('removed')),
    ...other.slice(head, other.length - tail).map(kind('added')),
    ...one.slice(one.length - tail, last).map(kind('same')),
    ...(last < one.length ? ['…'] : []).map(kind('same')),
  ]
}
