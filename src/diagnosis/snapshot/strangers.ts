/**
 * Requests of strangers: what scanners of the internet ask every address for, whatever runs there. Sources: the request lists of nuclei, Nikto and
 * zgrab, and what access logs hold day by day.
 */
const ASKED =
  /\/\.(?:env|git|svn|hg|aws|ssh|DS_Store|vscode|htaccess|htpasswd)\b|\/wp-(?:login|admin|content|includes|config|json)|\/xmlrpc\.php|\/(?:php|pma|my)[-_]?(?:my)?(?:admin|info)\b|\/phpunit\b|\/actuator\/(?!health|info|prometheus|metrics)|\/cgi-bin\/|\/boaform|\/HNAP1|\/solr\/admin|\/owa\/|\/autodiscover|\/_ignition|\/manager\/html|\/server-status|\/eval-stdin|\/GponForm|\/setup\.cgi|\/shell\?|\/jenkins\/(?:login|script)|\/telescope\/requests|\/\.well-known\/security\.txt|\/(?:backup|dump|database|db)\.(?:sql|zip|tar|gz)|\/etc\/passwd|\/evox\/|\/nmaplowercheck/i
const REQUEST = /\b(?:GET|POST|HEAD|PUT|OPTIONS|PROPFIND)\b|\b(?:path|uri|url|request_uri|RequestPath)["=]/
const AGENT =
  /\b(?:zgrab|masscan|nuclei|nikto|sqlmap|nmap|censys|shodan|expanse|internet-?measurement|wpscan|gobuster|dirbuster|l9explore|leakix)\b/i

/** Whether a line of a log is about a stranger's request, which nobody has to answer well. */
export const isStrangers = (line: string): boolean => REQUEST.test(line) && (ASKED.test(line) || AGENT.test(line))
