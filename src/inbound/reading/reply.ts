/** Tells the reply of a person, and whether they ask to leave. */
import type { OpenedMail } from '../opening/open-mail.js'

/** A mail that went through more servers is in a loop (RFC 5321, 6.3). */
const mostHops = 50

/** A reply to a mail of ours, by what mail programs write into its header. */
export function isReply({ header, subject }: OpenedMail): boolean {
  return (
    header.get('in-reply-to') !== undefined ||
    header.get('references') !== undefined ||
    /^\s*(?:re|aw|sv|antw|odp|ynt|rif|res|回复|答复|回覆|返信)\s*(?:\[\d+\])?\s*[:：]/iu.test(subject)
  )
}

/** A person's own, and no mail of a list or a program, nor one that goes in circles. */
export function isPersonal({ header }: OpenedMail): boolean {
  const submitted = header.get('auto-submitted')
  return (
    header.get('list-id') === undefined &&
    !/^\s*(?:bulk|list|junk)/i.test(header.get('precedence') ?? '') &&
    (submitted === undefined || /^\s*no\b/i.test(submitted)) &&
    header.all('received').length <= mostHops
  )
}

const leave =
  /\b(?:un-?subscri\w*|opt[- ]?(?:me )?out|remove (?:me|my (?:e-?mail|address))|take me off|stop (?:sending|e-?mailing|mailing|these)|cancel (?:my )?subscription|sign me off|abmelden|abbestellen|austragen|d[ée]sabonn\w*|d[ée]sinscri\w*|darme de baja|dar de baja|cancelar (?:a |la )?(?:assinatura|inscri\w+|suscripci[oó]n)|cancell(?:ami|azione)|disiscri\w*|uitschrijven|afmelden)|отпис\w*|退订|取消订阅|配信停止|配信解除|解約|구독 ?취소/iu

/** Looks at the subject and at what the person wrote above the mail they reply to. */
export function wantsToLeave({ subject, text }: OpenedMail): boolean {
  if (leave.test(subject.slice(0, 300))) return true
  const lines = text.slice(0, 8_000).split('\n')
  const quoted = lines.findIndex((line) =>
    /^\s*>|^-{3,}|^_{5,}|^(?:on|am|le|el) .{5,200}(?:wrote|schrieb|a écrit|escribió)/i.test(line),
  )
  const own = (quoted < 0 ? lines : lines.slice(0, quoted)).slice(0, 15).join('\n')
  return own.length < 1_500 && leave.test(own)
}
