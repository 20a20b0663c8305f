/** Personal editions for the operator: how many, what is followed, how feedback goes, and the trial. */
import { Type } from 'typebox'
import { personalFigures } from '../../../operations/figures/personal.js'
import type { Routes } from '../../contract/routes.js'
import { orNull } from '../../contract/json-schemas.js'
import { operation } from '../guard/schemas.js'

const n = Type.Integer({ examples: [120] })
const few = orNull(n)
const answers = { readers: n, more: few, less: few, saved: few }
const share = Type.Object(
  {
    share: Type.Number({ examples: [0.21] }),
    from: Type.Number({ examples: [0.18] }),
    to: Type.Number({ examples: [0.24] }),
  },
  { description: 'Of the readers, and its 95 % interval' },
)

const difference = Type.Object(
  {
    difference: Type.Number({ examples: [0.03] }),
    from: Type.Number({ examples: [0.01] }),
    to: Type.Number({ examples: [0.05] }),
  },
  { description: 'By how much the share is larger with a personal edition, and its 95 % interval' },
)

const figures = Type.Object({
  enabled: Type.Boolean({ examples: [true] }),
  trialShare: Type.Number({ examples: [1] }),
  readers: Type.Object({ following: few, answering: few, inLastEdition: few }),
  mostFollowed: Type.Array(
    Type.Object({
      kind: Type.String({ examples: ['keyword'] }),
      label: Type.String({ examples: ['attention'] }),
      follow: few,
      mute: few,
    }),
  ),
  feedbackByPlace: Type.Array(Type.Object({ place: orNull(Type.Integer({ examples: [1] })), ...answers })),
  feedbackByReason: Type.Array(
    Type.Object({ reason: orNull(Type.String({ examples: ['keyword'] })), ...answers }),
  ),
  trial: Type.Array(
    Type.Object({
      edition: Type.Union([Type.Literal('personal'), Type.Literal('common')]),
      readers: n,
      more: share,
      less: share,
      left: share,
    }),
  ),
  difference: orNull(
    Type.Object(
      { more: difference, less: difference, left: difference },
      { description: 'Null unless both editions have ten readers' },
    ),
  ),
})

export const personalRoutes: Routes = async (app, { services }) => {
  app.get(
    '/personal',
    {
      config: { scope: 'editions:read' },
      schema: operation({
        summary: 'How personal editions fare',
        description:
          'Answers are of the last 30 days. Every figure is of ten readers at least, and null for fewer. `trial` compares readers with interests who have a personal edition with those whom chance gave the common one; the settings `personal.enabled` and `personal.trialShare` switch it.',
        response: { 200: figures },
      }),
    },
    () => personalFigures(services.db, services.clock.now()),
  )
}
