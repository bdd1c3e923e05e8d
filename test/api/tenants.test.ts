import { after, test } from 'node:test'
import { startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { addTenant } from '../helpers/tenant.ts'

const app = await startTestApp(await testDatabase())
after(() => app.stop())
test('x', async () => {
  const t = await addTenant(app, 'zebra')
  console.log(t)
})
