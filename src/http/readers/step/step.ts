/** A page of few words and at most one button: what most steps of a reader look like. */
import type { FastifyReply } from 'fastify'
import type { Services } from '../../../services.js'
import { renderPage } from '../../server/page.js'

export type Step = {
  /** 200 unless said otherwise. */
  status?: number
  heading: string
  paragraphs: string[]
  /** A form that posts to the page's own address, or to `action`. */
  press?: { label: string; action?: string; fields?: Record<string, string>; quiet?: boolean }
  /** What may be pressed in its place: values of the field `action`. */
  instead?: { words: string; presses: { value: string; label: string }[] }
  /** Offers a form for the address below: to sign up, to try again, or to have a link mailed to a reader who lost one. */
  signup?: 'subscribe' | 'again' | 'link'
  /** What stands in that form. */
  email?: string
  links?: { label: string; href: string }[]
}

/** Answers with the page; nobody may keep it, since its address is a secret. */
export function showStep(services: Pick<Services, 'config'>, reply: FastifyReply, step: Step): FastifyReply {
  return showPage(services, reply, 'pages/reader/step.eta', { ...step, title: step.heading }, step.status)
}

export function showPage(
  services: Pick<Services, 'config'>,
  reply: FastifyReply,
  template: string,
  page: { title: string } & Record<string, unknown>,
  status = 200,
): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(renderPage(services, template, { path: '', noindex: true, ...page }))
}
