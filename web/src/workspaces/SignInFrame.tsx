/** The frame of the pages before the login. */
import type { ReactNode } from 'react'
import { LanguageChoice, ThemeChoice } from '../app/Choices.tsx'

export function SignInFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between p-4">
        <p className="text-lg font-bold tracking-tight">Beckon</p>
        <div className="flex">
          <LanguageChoice />
          <ThemeChoice />
        </div>
      </header>
      <main className="mx-auto mt-[8vh] w-full max-w-sm p-4">
        <h1 className="mb-5 text-2xl font-semibold">{title}</h1>
        {children}
      </main>
    </div>
  )
}
