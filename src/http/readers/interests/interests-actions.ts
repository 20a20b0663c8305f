/** What the buttons of the interests do, and the pages that answer. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../../errors.js'
import { counted } from '../../../format/readable.js'
import { readPersonal } from '../../../editions/personal/choosing/wishes.js'
import { readPaper } from '../../../papers/reads.js'
import type { Services } from '../../../services.js'
import { interestKinds, type InterestKind, longestLabel } from '../../../subscribers/interests/interest.js'
import { addInterests, readInterests, removeInterest } from '../../../subscribers/interests/interests.js'
import { removeExamples } from '../../../subscribers/interests/examples.js'
import { problemKinds } from '../../contract/problem.js'
import { type Fields, fieldsOf } from '../step/request.js'
import { showPage } from '../step/step.js'
import { followNamePage, followPage } from './follow-page.js'
import { interestsPage, type Told } from './interests-page.js'
import { takeExamples } from './take-examples.js'

/** Answers with the page that the form stood on. */
export async function change(services: Services, request: FastifyRequest, reply: FastifyReply, id: number) {
  const fields = fieldsOf(request)
  const { paper, name } = fields
  const answer = (told: Told, status = 200) => {
    if (paper) return showFollow(services, reply, id, paper, told, status)
    if (name) return showFollowName(services, reply, id, name.slice(0, longestLabel), told, status)
    return show(services, reply, id, told, status)
  }
  try {
    return await answer({ done: await act(services, id, fields) })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { status } = problemKinds[error.code]
    const told = { fault: error.message, kept: { kind: fields['kind'] ?? '', label: fields['label'] ?? '' } }
    return answer(told, status)
  }
}

/** @returns what was done, for the reader. */
async function act({ db, clock }: Services, id: number, fields: Fields): Promise<string> {
  const { action, kind, label = '' } = fields
  switch (action) {
    case 'remove': {
      const n = Number(fields['n'])
      const known = Number.isSafeInteger(n) && n > 0 && n < 2 ** 31
      if (known) await db.transaction('request', (tx) => removeInterest(tx, id, n))
      return 'Taken away.'
    }
    case 'forget-examples': {
      const gone = await db.transaction('request', (tx) => removeExamples(tx, id))
      return `${counted(gone, 'example')} taken away.`
    }
    case 'examples':
      return takeExamples({ db, clock }, id, fields)
    case 'follow':
    case 'mute': {
      if (!isKind(kind)) throw new Problem('unprocessable', 'Please choose what it is that you name.')
      const muted = action === 'mute'
      await db.transaction('request', (tx) => addInterests(tx, clock, id, [{ kind, label, muted }]))
      return muted ? `Muted: ${label}` : `You follow ${label} from the next edition on.`
    }
    default:
      throw new Problem('unprocessable', 'Please press one of the buttons.')
  }
}

const isKind = (kind: string | undefined): kind is Exclude<InterestKind, 'paper'> =>
  kind !== 'paper' && interestKinds.some((known) => known === kind)

export async function show(
  services: Services,
  reply: FastifyReply,
  id: number,
  told: Told = {},
  status = 200,
) {
  const { enabled } = await readPersonal(services.db)
  const page = interestsPage(await readInterests(services.db, id), told, enabled)
  return showPage(services, reply, 'pages/reader/interests.eta', page, status)
}

export async function showFollow(
  services: Services,
  reply: FastifyReply,
  id: number,
  paperId: string,
  told: Told = {},
  status = 200,
) {
  const paper = await readPaper(services.db, paperId)
  if (!paper) throw new Problem('not-found', 'This paper has not been on the list yet.')
  const page = followPage(paper, await readInterests(services.db, id), told)
  return showPage(services, reply, 'pages/reader/follow.eta', page, status)
}

export async function showFollowName(
  services: Services,
  reply: FastifyReply,
  id: number,
  name: string,
  told: Told = {},
  status = 200,
) {
  const page = followNamePage(name, await readInterests(services.db, id), told)
  return showPage(services, reply, 'pages/reader/follow.eta', page, status)
}
