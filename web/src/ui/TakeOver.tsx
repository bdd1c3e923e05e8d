/** The end of a form in a drawer, in sight however long the form is. */
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'

export function TakeOver({ onLeave }: { onLeave: () => void }) {
  return (
    <div className="sticky -bottom-5 -mx-5 -mb-5 flex justify-end gap-2 border-t bg-card px-5 py-4">
      <Button onClick={onLeave}>{t('Leave it')}</Button>
      <Button look="primary" type="submit">
        {t('Take it over')}
      </Button>
    </div>
  )
}
