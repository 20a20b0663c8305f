/** Tells notices of mail programs from mail of persons, where no machine-readable part does. */
import type { OpenedMail } from '../opening/open-mail.js'

const daemon =
  /^(?:mailer[-_. ]?daemon|mail[-_. ]?daemon|postmaster|mdaemon|maildelivery|mail\.?delivery\.?\w*|daemon|microsoftexchange\w*|no-?reply-?dsn|bounces?|imss|inetgw\d*|e500_\w+|ndr|system|emailadmin|mailadm)\b/i
const daemonName =
  /mail(?:er)?[ -]?(?:delivery|daemon|admin|system)|delivery (?:sub)?system|system administrator|postmaster|mail transfer|deliver program/i
const subjects =
  /undeliver|returned mail|return(?:ing|ed) (?:message|to sender)|deliver(?:y|ing)? (?:\S+ )?(?:status|failure|failed|error|problem|report|warning|has failed|attempt)|deliver\w* .{0,20}fail|failure notice|failed (?:mail|delivery)|mail (?:\S+ )?(?:failed|failure|error|could not|not delivered|delivery)|could not be delivered|not (?:be )?delivered|failure delivery|non[- ]?deliver|permanent delivery|delivery warning|message (?:\S+ )?(?:delayed|status|delivery|not)|nondeliverable|unzustellbar|fehlgeschlagen|nicht zugestellt|non remis|[ée]chec|no se puede entregar|n[ãa]o (?:foi )?entregue|mancata consegna|onbestelbaar|недостав|не доставлен|доставк|配信|配送|送信(?:でき|エラー)|メールエラー|不達|退信|投递|邮件.{0,6}失败|error sending your mail|e-?mail (?:error|undeliver)|mail system error|processing error|wasn.t delivered|delivery status|dsn\b|user unknown|unknown user|mail receive error|postmaster notify/i
const texts =
  /(?:could|can|was|were|has|have|is|be)(?:n.t|not| not| never)? (?:be |been )?(?:un)?deliver(?:ed|able|y)|unable to deliver|wasn.t able to deliver|automatically rejected|delivery (?:has |to \S+ )?(?:failed|failure|to the following)|undeliverable|permanent(?:ly)? (?:error|fail|rejected)|fatal (?:delivery )?errors?|did not reach|(?:mail|message) (?:could not|was not|not) (?:be )?(?:sent|delivered|accepted)|failed (?:recipients?|addresses|for the)|returned (?:to (?:the )?sender|mail|because|message)|transcript of session|delivery (?:problems|attempts?)|rejected (?:your|the) message|not accepted|no such user|user unknown|unknown user|error (?:occurred )?while|delivery status notification|mailbox is full|配信|配送できません|お届け|送信できません|投递失败|não pode ser|no pudo ser entregado|не может быть доставлен/i

/** How a notice speaks of the mail: given up, waiting, or through; null when the mail is no notice. */
export function noticeIn(
  mail: OpenedMail,
  lines: string[],
  named: boolean,
): 'failed' | 'delayed' | 'delivered' | null {
  if (!isNotice(mail, lines, named)) return null
  const said = `${mail.subject}\n${lines.join('\n')}`.slice(0, 8_000)
  if (delayed.test(said) && !givenUp.test(said)) return 'delayed'
  if (delivered.test(said) && !texts.test(lines.join('\n'))) return 'delivered'
  return 'failed'
}

const delayed =
  /\(delay\)|\bdelayed\b|(?:has )?not (?:yet )?been delivered .{0,80}(?:after|yet)|has not yet been delivered|warning message only|delivery attempts will (?:continue|be)|will (?:be )?(?:continue to )?(?:retr|try)|still (?:being )?(?:trying|retried)|no action is required|temporary (?:failure|problem) report|do not need to re-?send|has been postponed|delivery warning|just a warning/i
const givenUp =
  /given up|giving up|permanent (?:error|failure|fatal)|removed from (?:the )?(?:mail )?queue|deleted from queue|failed permanently|returned mail|could not be delivered for|cannot send (?:message )?for|being returned|no further (?:delivery )?attempts/i
const delivered =
  /successfully (?:delivered|relayed)|was (?:successfully )?delivered|has been (?:successfully )?delivered|delivered to (?:the )?(?:following|recipient|mailbox)|relayed to|successful(?:ly)? mail delivery|delivery (?:successful|confirmation)|\((?:success|relay|expanded)\)/i

function isNotice(mail: OpenedMail, lines: string[], named: boolean): boolean {
  if (mail.header.get('x-failed-recipients') || mail.reportType === 'delivery-status') return true
  const speaks = texts.test(lines.join('\n').slice(0, 8_000))
  const nullSender = /^\s*<\s*>/.test(mail.header.get('return-path') ?? '')
  if (isFromProgram(mail)) return named || subjects.test(mail.subject) || speaks
  if (nullSender) return subjects.test(mail.subject) || speaks
  return subjects.test(mail.subject) && speaks
}

/** Postmasters and mail programs, by address or by name. */
export function isFromProgram({ from, header }: OpenedMail): boolean {
  const field = header.get('from') ?? ''
  return (
    header.get('x-failed-recipients') !== undefined ||
    daemon.test(from) ||
    daemonName.test(field.slice(0, 500)) ||
    /<>/.test(field)
  )
}
