/** /workspaces: for the operator and for owners. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import { actorOf } from './audit/audit.ts'
import { changeWorkspace, getManaged } from './changeWorkspace.ts'
import { recentLogin, type WorkspaceDeps } from './deps.ts'
import { openWorkspace } from './openWorkspace.ts'
import {
  IdParams,
  NewWorkspaceBody,
  NewWorkspaceView,
  WorkspaceChangeBody,
  WorkspaceView,
} from './schema.ts'
import { shownOnce } from './shownOnce.ts'
import { findWorkspaceById, listOwned, listWorkspaces } from './store.ts'
import { viewOf } from './view.ts'

const list = pagedList('workspaces')

export function workspacesRoutes({ access, hooks }: WorkspaceDeps): FastifyPluginAsyncZod {
  const { db } = access
  const config = { scope: 'workspaces:write' } as const
  const tags = ['Workspaces']
  return async (server) => {
    server.get(
      '/workspaces',
      {
        config,
        schema: {
          tags,
          summary: 'Workspaces you manage',
          querystring: z.strictObject(pageQuery),
          response: { 200: pageOf(WorkspaceView) },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query
        const range = { after: list.read(cursor), limit: limit + 1 }
        const { kind, memberId, workspaceId } = request.auth
        const rows = await request.read(async (tx) => {
          if (kind === 'instance') return listWorkspaces(tx, range)
          if (memberId !== null) return listOwned(tx, memberId, range)
          return [(await findWorkspaceById(tx, workspaceId))!].filter(
            () => range.after === undefined,
          )
        })
        return list.page(rows, limit, (row) => row.id, viewOf)
      },
    )

    server.post(
      '/workspaces',
      {
        config,
        preHandler: recentLogin(access),
        schema: {
          tags,
          summary: 'Create a workspace and its first API key',
          body: NewWorkspaceBody,
          response: { 201: NewWorkspaceView },
        },
      },
      async (request, reply) => {
        const { slug, name, time_zone, locale, default_country } = request.body
        const input = { slug, name, locale, timeZone: time_zone, defaultCountry: default_country }
        const context = { auth: request.auth, actor: actorOf(request), now: db.clock.now(), hooks }
        return reply.answer(201, async (tx) => {
          const { workspace, key } = await openWorkspace(tx, input, context)
          return {
            ...viewOf(workspace),
            api_key: shownOnce({ id: key.id, key: key.key }, 'key'),
          }
        })
      },
    )

    server.get(
      '/workspaces/:id',
      {
        config,
        schema: {
          tags,
          summary: 'One workspace',
          params: IdParams,
          response: { 200: WorkspaceView },
        },
      },
      async (request) =>
        viewOf(await request.read((tx) => getManaged(tx, request.auth, request.params.id))),
    )

    server.put(
      '/workspaces/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Change a workspace',
          params: IdParams,
          body: WorkspaceChangeBody,
          response: { 200: WorkspaceView },
        },
      },
      async (request, reply) => {
        const { name, time_zone, locale, default_country, accept_per_second, honeypot_link } =
          request.body
        if (accept_per_second !== undefined && request.auth.kind !== 'instance')
          throw new AppError(
            'forbidden',
            'Only the operator sets how much a workspace may hand in.',
          )
        const change = {
          ...(name === undefined ? {} : { name }),
          ...(time_zone === undefined ? {} : { timeZone: time_zone }),
          ...(locale === undefined ? {} : { locale }),
          ...(default_country === undefined ? {} : { defaultCountry: default_country }),
          ...(accept_per_second === undefined ? {} : { acceptPerSecond: accept_per_second }),
          ...(honeypot_link === undefined ? {} : { honeypotLink: honeypot_link }),
        }
        const context = { actor: actorOf(request), now: db.clock.now() }
        return reply.answer(200, async (tx) =>
          viewOf(await changeWorkspace(tx, request.auth, request.params.id, change, context)),
        )
      },
    )
  }
}
