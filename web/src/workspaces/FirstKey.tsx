/** An API key, shown once, in code that can be pasted: curl, TypeScript, Python. */
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/Small.tsx'
import { Note } from '../ui/States.tsx'
import { Tabs } from '../ui/Tabs.tsx'

export function FirstKey() {
  const [key, setKey] = useState('')
  const [tab, setTab] = useState('curl')
  const create = useAct(
    () =>
      post('/api-keys', {
        body: {
          name: `${t('First steps')} ${new Date().toISOString().slice(0, 16)}`,
          scopes: ['messages:read', 'messages:write'],
        },
      }),
    { refreshes: ['/api-keys'], onDone: (answer) => setKey(answer.key ?? '') },
  )
  if (!key)
    return (
      <Button disabled={create.isPending} onClick={() => create.mutate(undefined)}>
        {t('Make a key')}
      </Button>
    )
  return (
    <div className="flex flex-col gap-3">
      <Note tone="warn">{t('This key is shown once. It may send messages and read them.')}</Note>
      <CodeBlock label={t('The key')} text={key} />
      <Tabs
        label={t('Language of the code')}
        value={tab}
        onChange={setTab}
        tabs={Object.entries(samples(location.origin, key)).map(([name, text]) => ({
          id: name,
          title: name,
          body: <CodeBlock label={name} text={text} />,
        }))}
      />
    </div>
  )
}

function samples(url: string, key: string): Record<string, string> {
  return {
    curl: `curl ${url}/notifications \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{"recipient_id": "user-1", "channel": "email", "to": "user@example.com",
       "subject": "Hello", "message": "It works."}'`,
    TypeScript: `const answer = await fetch('${url}/notifications', {
  method: 'POST',
  headers: {
    Authorization: 'Bearer ${key}',
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({
    recipient_id: 'user-1',
    channel: 'email',
    to: 'user@example.com',
    subject: 'Hello',
    message: 'It works.',
  }),
})
console.log(await answer.json())`,
    Python: `import json, urllib.request

request = urllib.request.Request(
    "${url}/notifications",
    data=json.dumps({
        "recipient_id": "user-1",
        "channel": "email",
        "to": "user@example.com",
        "subject": "Hello",
        "message": "It works.",
    }).encode(),
    headers={
        "Authorization": "Bearer ${key}",
        "Content-Type": "application/json",
    },
)
print(urllib.request.urlopen(request).read().decode())`,
  }
}
