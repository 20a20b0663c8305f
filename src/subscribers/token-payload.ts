/** What using a mailed token brings about besides: the wishes of a sign-up, or the address of a move. */
import { type Static, Type } from 'typebox'
import { frequencies } from './subscriber.js'

export const tokenPayload = Type.Object({
  frequency: Type.Optional(Type.Enum([...frequencies])),
  timezone: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  domain: Type.Optional(Type.String()),
})

export type TokenPayload = Static<typeof tokenPayload>
