/** Fastify and zod, as one writes them by hand: checks the same body and stores nothing. */
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { NewMessage } from '../../src/messages/schema.ts'
import { endWithParent } from '../harness/task.ts'

const server = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>()
server.setValidatorCompiler(validatorCompiler)
server.setSerializerCompiler(serializerCompiler)
server.post(
  '/notifications',
  {
    schema: {
      body: NewMessage,
      response: { 202: z.object({ id: z.uuid(), status: z.string() }) },
    },
  },
  async (_request, reply) => reply.code(202).send({ id: uuid7(), status: 'scheduled' }),
)
await server.listen({ host: '127.0.0.1', port: 0 })
process.send?.({ port: (server.server.address() as AddressInfo).port }) // it listens on a port
endWithParent()
