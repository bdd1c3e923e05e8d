/**
 * `beckon demo`: a workspace with 90 days of plausible life, and its end.
 *
 * It is a workspace of its own, so that no invented figure ever stands beside a true one and all of
 * it can go again. Each step is a transaction that knows whether it was done: what was interrupted
 * goes on where it stopped, and what is whole stays as it is.
 */
import { assemble } from '../../app/assemble.ts'
import { createOpensSubscriber } from '../../app/provision.ts'
import { connect } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { createCounters } from '../../tracking/counters.ts'
import { createProjector } from '../../tracking/project/projector.ts'
import { silent, type Tool } from '../tool.ts'
import { type Demo, findDemo, furnishDemo, makeDemo, SLUG } from './ground.ts'
import { daysOf } from './plan.ts'
import { playDay } from './playDay.ts'
import { playPresent } from './present.ts'
import { deleteWorkspace } from './store.ts'

export async function fillDemo(tool: Tool): Promise<void> {
  const { out } = tool
  const demo = (await findDemo(tool)) ?? (await makeDemo(tool))
  const filled = await play(tool, demo)
  const { workspace } = demo
  const answer = { workspace: { id: workspace.id, slug: workspace.slug }, days_filled: filled }
  out.result(answer, () =>
    filled === 0
      ? `The workspace ${SLUG} is filled already.`
      : `The workspace ${SLUG} is filled. Choose it in the dashboard; \`beckon demo --remove\` removes all of it.`,
  )
}

/** Answers how many days were filled now. */
async function play(tool: Tool, demo: Demo): Promise<number> {
  const { db, out, config, secrets, address } = tool
  const assembly = await assemble({
    ...{ db, address, log: silent, secrets, publicUrl: config.PUBLIC_URL, roles: [] },
    onReceipts: async () => {}, // nothing is sent from here
  })
  try {
    const contacts = await furnishDemo(tool, demo)
    const { directories } = assembly
    const stage = { db, workspaceId: demo.workspace.id, directories, contacts }
    const days = daysOf(demo.begun)
    let filled = 0
    for (const [index, day] of days.entries()) {
      out.progress(`day ${index + 1} of ${days.length}: ${day.date}`)
      if (await playDay(stage, day)) filled++
    }
    await playPresent(stage)
    out.progress('understanding opens and clicks')
    const { templates } = directories
    const deps = { db, templates, log: silent, counters: createCounters(), logPii: config.LOG_PII }
    await createProjector(deps).runOnce()
    await createOpensSubscriber({ db, log: silent }).runOnce()
    return filled
  } finally {
    await assembly.close()
  }
}

export async function removeDemo(tool: Tool): Promise<void> {
  const { out, address } = tool
  const demo = await findDemo(tool)
  const home = await tool.workspace()
  if (demo) {
    const owner = connect(address, { max: 1 })
    try {
      await owner.begin((tx) => deleteWorkspace(tx, demo.workspace.id, home.id))
    } catch (error) {
      throw new AppError('conflict', `It is in use right now. Try again. (${error})`, {
        cause: error,
      })
    } finally {
      await owner.end({ timeout: 5 })
    }
  }
  out.result({ removed: demo !== undefined }, () =>
    demo ? `The workspace ${SLUG} and all in it is gone.` : 'There is no demo.',
  )
}
