/** Joins class names; of two that say the same thing the later one counts. */
import { type ClassValue, clsx } from 'clsx'
import { twMerge } from 'tailwind-merge'

export const cn = (...classes: ClassValue[]): string => twMerge(clsx(classes))
