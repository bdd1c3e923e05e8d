/** A button, or a link that looks like one (`asChild`). */
import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '../lib/cn.ts'

const looks = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md text-sm font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-primary text-primary-foreground hover:bg-primary/90',
        outline: 'border border-border bg-card hover:bg-muted',
        ghost: 'hover:bg-muted',
        danger: 'border border-destructive/50 bg-card text-destructive hover:bg-destructive-soft',
        link: 'text-primary underline-offset-4 hover:underline',
      },
      size: { md: 'h-9 px-4', sm: 'h-8 px-3', icon: 'size-9', link: 'h-auto p-0' },
    },
    defaultVariants: { look: 'outline', size: 'md' },
  },
)

type Props = ComponentProps<'button'> & VariantProps<typeof looks> & { asChild?: boolean }

export function Button({ className, look, size, asChild = false, type, ...props }: Props) {
  const Part = asChild ? Slot.Root : 'button'
  return (
    <Part
      className={cn(looks({ look, size: look === 'link' ? 'link' : size }), className)}
      {...(asChild ? {} : { type: type ?? 'button' })}
      {...props}
    />
  )
}
