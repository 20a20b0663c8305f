/** Prisma's models, loaded when they are first asked. */
import type pg from 'pg'
import type { Connection } from './connection.js'
import type { Prisma } from '../generated/client.js'
import type { SharedPrisma } from './prisma.js'

type Client = Prisma.TransactionClient

/** One delegate a model, as Prisma has them; transactions and raw SQL go by `Tx` and checked statements. */
export type Models = { [M in keyof Client as M extends `$${string}` ? never : M]: Client[M] }

/** The models of a transaction that is open on a connection. */
export type JoinedModels = {
  models: Models
  /** To be called before COMMIT or ROLLBACK; Prisma then forgets the transaction. */
  end(): Promise<void>
}

/** The client costs 0.6 s of CPU and 72 MB: a process that asks no model never loads it. */
export class LazyModels {
  readonly #pool: pg.Pool
  #prisma: Promise<SharedPrisma> | undefined
  readonly models: Models

  constructor(pool: pg.Pool) {
    this.#pool = pool
    this.models = lazily(async () => (await this.#load()).client)
  }

  join(connection: Connection): JoinedModels {
    let joined: ReturnType<SharedPrisma['join']> | undefined
    let open = true
    const join = async () => {
      const prisma = await this.#load()
      if (!open) throw new Error('a model was asked after the end of its transaction')
      joined ??= prisma.join(connection)
      return (await joined).client
    }
    return {
      models: lazily(join),
      end: async () => {
        open = false
        await (await joined)?.end()
      },
    }
  }

  async close(): Promise<void> {
    await (await this.#prisma)?.client.$disconnect()
  }

  #load(): Promise<SharedPrisma> {
    this.#prisma ??= import('./prisma.js').then(({ openPrisma }) => openPrisma(this.#pool))
    return this.#prisma
  }
}

type Operation = (input: unknown) => Promise<unknown>

/** Stands for the client until a call needs it. Calls start at once and give ordinary promises. */
function lazily(load: () => Promise<Client>): Models {
  const delegate = (model: string) =>
    new Proxy(
      {},
      {
        get: (_, operation) => async (input: unknown) => {
          const delegates = (await load()) as unknown as Record<string, Record<PropertyKey, Operation>>
          return delegates[model]?.[operation]?.(input)
        },
      },
    )
  return new Proxy({} as Models, { get: (_, model) => delegate(String(model)) })
}
