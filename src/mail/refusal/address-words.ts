/** What relays and mail programs write of an address that is no good, in the languages they write in. */

const who =
  '(?:user|recipient|mail ?box|e-?mail|account|address|addressee|person|customer|subscriber|alias|rcpt)'

/** Nobody of that name, in words that content filters use as well. */
const noMailbox = [
  `(?:no such|unknown|invalid|nonexist\\w+|non-exist\\w+|illegal|undeliverable|bad|incorrect|unrouteable|unrecogni[sz]ed|unrecognised) (?:destination |local |e-?mail |virtual )?(?:or (?:illegal|invalid|unknown) )?${who}`,
  `${who}s?(?: \\S+@\\S+| address| name| account| \\S+)?:? (?:is |was |are |in header )?(?:either )?(?:un-?known|not known|invalid|not valid|not found|not exist|non-?existent|unresolvable|undeliverable|not listed|unrecogni[sz]ed|not recogni[sz]ed|not (?:a )?valid|not local|not in\\b|not here|no longer (?:valid|exists?|here|active|in use)|incorrect|illegal)`,
  `${who}(?: \\S+@\\S+| name| \\S+)? (?:does|dos|do|did|could|can|was|is|has)(?:n.?t| not) (?:exists?|appear|be found|been found|found|listed|valid|a valid|recognized|recognised|have an account|match)`,
  `(?:no|not a|not a valid|don.t have a|hasn.t got a|isn.t a|is not a|not an|not our|no valid) (?:\\S+ )?(?:${who})s?(?: by| with| for| of| here|\\b)(?! (?:quota|rights))`,
  `not our (?:user|customer)|invalid (?:final )?delivery userid|addressee unknown|unknown addressee`,
  `no such (?:local )?(?:name|mail drop|person|here|address)`,
  `requested action not taken: mailbox (?:unavailable|name not allowed)`,
  `mailbox (?:\\S+@\\S+ )?(?:unavailable|name not allowed)`,
  `(?:recipient|rcpt|user)(?: address)? rejected(?:: access denied|\\.? ?(?:\\(|\\[|$))`,
  `(?:could|can)(?:n.t| not) (?:be )?(?:find|found|resolve) (?:\\S+ )?(?:${who}|in (?:the )?director)`,
  `not listed in (?:\\S+ ){0,4}(?:director|address book)`,
  `not (?:found )?in (?:\\S+ ){0,3}(?:director|address book|address list|user list|aliases)`,
  `no matches to nameserver query|did not exactly match`,
  `recipient ?(?:not ?found|unknown)|recipnotfound|badmailbox|bad-mailbox|user[- ]?unknown`,
  `delivery to (?:that|this) (?:address|recipient) is not (?:possible|allowed)`,
  `(?:address|account|mailbox|user) (?:wasn.t|was not|isn.t|is not|cannot be|can.t be|couldn.t be|could not be) (?:found|located|known|valid|verified)`,
  `wasn.t found at|no (?:final )?e?-?mail delivery point|(?<!message |attachment |header |content |sender )is not (?:a )?(?:known|registered|valid)`,
  `(?:mail ?box|account|user|address|recipient) (?:has been|was|is|have been) (?:permanently )?(?:closed|deleted|removed|cancel+ed)|account (?:closed|deleted|unavailable)`,
  `mail ?box (?:is )?(?:unavail?able|not (?:available|present))|mailbox you are trying to reach|account that you tried to reach (?:does not|doesn.t) exist`,
  `(?:address|mailbox|account) (?:is )?(?:not present|no longer (?:accepts|valid|in use|exists|available))|wrong or no longer valid`,
  `bad ?rcpt ?to|bad ?recipient ?to|valid ?rcpt ?to|unknown local[- ]part|cuda_nsu|user missing home directory`,
  `recipients? (?:is )?not (?:accepted|ok)(?! from)|can.?t accept user|server rejected recipients|destination addresses were unknown|there is no one at`,
  `no longer (?:employed|with (?:us|the company))|left the (?:company|organi[sz]ation)`,
  `no existe (?:dicha|ese|esa) (?:persona|usuario|cuenta)|nessun utente simile`,
  `who are you trying|nobody (?:here )?by that name|no account by that name|no one (?:here )?by`,
  `address (?:lookup )?fail|verification failed for <`,
  `ok to (?:expand|list) but|all recipients (?:are )?(?:invalid|unknown)|no valid recipients?`,
  // French, German, Spanish, Portuguese, Italian, Dutch
  `adresse (?:\\S+ ){0,6}(?:n.existe pas|invalide|inconnue|inexistante|introuvable)|destinataire (?:inconnu|invalide|introuvable)|utilisateur (?:inconnu|non recens)`,
  `(?:empf[äa]e?nger|adresse|postfach|benutzer|konto) (?:\\S+ ){0,4}(?:unbekannt|existiert nicht|ung[üu]e?ltig|nicht (?:gefunden|bekannt|vorhanden|existent))|unbekannte[rsn]? (?:empf|benutzer|adresse)|kein (?:solcher )?(?:empf|benutzer|postfach)`,
  `(?:usuario|destinatario|direcci[oó]n|buz[oó]n|cuenta) (?:\\S+ ){0,4}(?:desconocid\\w|no existe|inexistente|no v[aá]lid\\w|inv[aá]lid\\w|no encontrad\\w)`,
  `(?:usu[aá]rio|destinat[aá]rio|endere[cç]o|conta) (?:\\S+ ){0,4}(?:desconhecid\\w|n[aã]o existe|inexistente|inv[aá]lid\\w)`,
  `(?:utente|destinatario|indirizzo|casella) (?:\\S+ ){0,4}(?:sconosciut\\w|non esist\\w+|inesistente|non valid\\w|non trovat\\w)`,
  `(?:gebruiker|ontvanger|adres) (?:\\S+ ){0,4}(?:onbekend|bestaat niet|niet gevonden|ongeldig)`,
  // Russian, Chinese, Japanese, Korean
  `(?:пользовател\\S*|адрес\\S*|ящик\\S*|получател\\S*) (?:\\S+ ){0,4}(?:не (?:существует|найден\\S*)|неизвест\\S+)|(?:несуществующ|неизвестн|неверн)\\S+ (?:адрес|пользовател|получател|ящик)`,
  `(?:用户|收件人|地址|邮箱|帐号|账号|使用者|信箱)[^。，]{0,12}(?:不存在|无效|未找到|不正確|无法找到)|(?:不存在|无效)的?(?:用户|收件人|地址|邮箱|帐号)|无此(?:用户|邮箱)|查無此`,
  `(?:宛先|あて先|アドレス|ユーザ|メールボックス)[^。]{0,24}(?:存在しま|存在しな|見つかりま|不明|ありません|間違)`,
  `(?:존재하지 않는|없는|알 수 없는) ?(?:사용자|수신자|주소|계정|메일)`,
].join('|')

/** Nobody of that name, said so that nothing else can be meant. */
const surelyNoMailbox = [
  `(?:doesn.t|does not|don.t) have an? \\S* ?account`,
  `invalid mailbox\\. +(?:local )?(?:mailbox|user) .{0,90}(?:user not found|not found|no such user)`,
  `recipientnotfound|recipnotfound|adr\\.recipnotfound|recipient not found by smtp address lookup`,
  `(?:user|recipient) .{0,90}not listed in (?:\\S+ ){0,4}(?:director|address book)`,
  `e-?mail address (?:could not be found|you entered couldn.t be found)`,
  `e-?mail account that you tried to reach does not exist`,
  `destinataires? invalides?\\. +invalid recipient`,
  `requested mail action aborted, mailbox not found`,
].join('|')

const noDomain = [
  `(?:host|domain|domain name|hostname)(?: name)?(?: \\S+)? (?:is |was )?(?:unknown|not found|not exist|does ?n.t exist|does not exist|non-?existent|not reachable|unreachable|invalid|unresolvable|unrouteable)(?!, try again)`,
  `(?:unknown|no such|invalid|non-?existent|unrouteable|unroutable|bad) (?:mail |destination |recipient |e-?mail )?(?:host|domain|hostname)`,
  `couldn.?t[_ ]find[_ ](?:any[_ ]host|a mail exchanger)|couldn.?t[_ ]find[_ ]host|no host[_ ]named|can(?:.t|not) find (?:any )?(?:host|domain)|could not (?:find|resolve) (?:\\S+ )?(?:host|domain)`,
  `unable to find (?:the )?(?:recipient.s? )?(?:host|domain)|domain (?:couldn.t|could not|wasn.t|was not) (?:be )?found`,
  `all (?:relevant|host) .{0,40}(?:non-existent|lookups failed permanently)`,
  `(?:bad|illegal|unknown) (?:destination )?(?:system|host) (?:address|name)|bad destination|bad domain`,
  `nxdomain|name or service not known|no (?:mx|a) (?:or (?:mx|a) )?records?|no mail hosts?|no address associated`,
  `unrouteable (?:mail )?domain|unrouteable address|dns domain (?:\\S+ )?does not exist|the account or domain may not exist`,
  `host or domain name not found(?!\\.? name service error .{0,80}try again)`,
].join('|')

const moved =
  'recipient no longer on (?:this )?server|has moved|moved to|address (?:has )?changed|no longer (?:at|with|works? (?:at|for)|on this server)|user not local; please try|please (?:use|update|forward)[^.]{0,30} (?:new|other) address|has been (?:replaced|renamed) by'

const takesNoMail =
  '(?:does not|doesn.t|do not|not) accept(?:ing)? (?:any )?(?:e-?)?mail(?! from)|null ?mx|no mx found|mx 0 \\.|indicated no smtp service|no (?:host found for existing )?smtp (?:connection|service for)|no mail (?:is )?accepted|accepts no mail|domain of recipient .{0,30}no mail'

const fitting = (words: string) => new RegExp(words, 'i')

export type AddressMeaning = 'no-mailbox' | 'no-domain' | 'moved' | 'takes-no-mail'

/** The first that fits decides. */
export const ofTheAddress: [meaning: AddressMeaning, phrases: RegExp][] = [
  ['takes-no-mail', fitting(takesNoMail)],
  ['moved', fitting(moved)],
  ['no-domain', fitting(noDomain)],
  ['no-mailbox', fitting(noMailbox)],
]

/** Says of the address that it is no good at whatever stage it is said. */
export const surelyOfTheAddress = fitting(surelyNoMailbox)
